//! The conversation: which message is answered how, and when the session has to catch up first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use gen_lsp_types::{
    CodeActionParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, FileChangeType, Position, TextDocumentContentChangeEvent,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answers::Asked;
use super::desk::Desk;
use super::positions::{Encoding, path_of};
use super::transport::{self, Incoming};
use super::{Ended, Options, diagnostics};

/// How long typing has to pause before everything is joined again.
const PAUSE: Duration = Duration::from_millis(150);

/// How far the conversation is.
enum State {
    /// Nothing was said yet.
    Silent,
    /// In the middle of it.
    Talking(Box<Desk>),
    /// `shutdown` was asked for: only `exit` is left.
    Leaving,
}

/// A server and its editor.
pub(super) struct Server<W> {
    options: Options,
    incoming: Receiver<Incoming>,
    output: W,
    queue: VecDeque<Incoming>,
    state: State,
    encoding: Encoding,
    watches: bool,
    /// The files that the editor shows diagnostics of.
    shown: BTreeMap<String, String>,
    /// What is worked on just now.
    current: Option<RequestId>,
    cancelled: BTreeSet<String>,
    requests: i32,
}

/// A position in a document, as hover, definition and references ask about.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct At {
    text_document: Document,
    position: Position,
    context: Option<ReferenceContext>,
}

#[derive(Deserialize)]
struct Document {
    uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReferenceContext {
    include_declaration: bool,
}

/// What an answer is, or why there is none.
type Answer = Result<Value, (ErrorCode, String)>;

impl<W: Write> Server<W> {
    pub(super) fn new(options: Options, incoming: Receiver<Incoming>, output: W) -> Self {
        Self {
            options,
            incoming,
            output,
            queue: VecDeque::new(),
            state: State::Silent,
            encoding: Encoding::default(),
            watches: false,
            shown: BTreeMap::new(),
            current: None,
            cancelled: BTreeSet::new(),
            requests: 0,
        }
    }

    /// Answers until the editor goes.
    pub(super) fn run(mut self) -> Ended {
        loop {
            let Some(incoming) = self.next() else {
                self.catch_up();
                continue;
            };
            match incoming {
                Incoming::End => return Ended::Abruptly,
                Incoming::Malformed(code, message) => {
                    if transport::write_error(&mut self.output, code, &message).is_err() {
                        return Ended::Abruptly;
                    }
                }
                Incoming::Message(Message::Request(request)) => self.request(request),
                Incoming::Message(Message::Notification(notification)) if notification.method == "exit" => {
                    return if matches!(self.state, State::Leaving) { Ended::Properly } else { Ended::Abruptly };
                }
                Incoming::Message(Message::Notification(notification)) => self.notified(notification),
                // What was asked of the editor needs no more than its having heard it.
                Incoming::Message(Message::Response(_)) => {}
            }
        }
    }

    /// The next message; `None` when there is a pause and the session is behind.
    fn next(&mut self) -> Option<Incoming> {
        self.listen();
        if let Some(incoming) = self.queue.pop_front() {
            return Some(incoming);
        }
        let behind = matches!(&self.state, State::Talking(desk) if desk.is_behind());
        let received = if behind {
            self.incoming.recv_timeout(PAUSE)
        } else {
            self.incoming.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match received {
            Ok(incoming) => Some(incoming),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Incoming::End),
        }
    }

    /// Takes in all that has come, so that what was cancelled in the meantime is known.
    fn listen(&mut self) {
        while let Ok(incoming) = self.incoming.try_recv() {
            if let Incoming::Message(Message::Notification(notification)) = &incoming
                && notification.method == "$/cancelRequest"
            {
                let id = notification.params.get("id").map(Value::to_string);
                self.cancelled.extend(id.filter(|id| self.is_open(id)));
                continue;
            }
            self.queue.push_back(incoming);
        }
    }

    /// Whether an answer to the request is still to be given.
    fn is_open(&self, id: &str) -> bool {
        let mut waiting = self.queue.iter().filter_map(|incoming| match incoming {
            Incoming::Message(Message::Request(request)) => Some(&request.id),
            _ => None,
        });
        waiting.any(|waiting| waiting.to_string() == id) || self.current.as_ref().is_some_and(|at| at.to_string() == id)
    }

    fn send(&mut self, message: &Message) {
        // An editor that went away is noticed by its silence.
        drop(transport::write(&mut self.output, message));
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&Notification { method: method.to_owned(), params }.into());
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        if self.was_cancelled(&id) {
            return self.answer(id, Err((ErrorCode::RequestCanceled, "cancelled".to_owned())));
        }
        self.current = Some(id.clone());
        let answer = match (&self.state, method.as_str()) {
            (State::Silent, "initialize") => self.initialize(&params),
            (State::Silent, _) => Err((ErrorCode::ServerNotInitialized, "`initialize` comes first".to_owned())),
            (State::Leaving, _) => Err((ErrorCode::InvalidRequest, "after `shutdown` comes `exit`".to_owned())),
            (State::Talking(_), "initialize") => Err((ErrorCode::InvalidRequest, "that was said already".to_owned())),
            (State::Talking(_), "shutdown") => {
                self.state = State::Leaving;
                Ok(Value::Null)
            }
            (State::Talking(_), method) => {
                let method = method.to_owned();
                self.question(&method, params)
            }
        };
        // The work may have taken long enough for the editor to change its mind.
        self.listen();
        self.current = None;
        let answer =
            if self.was_cancelled(&id) { Err((ErrorCode::RequestCanceled, "cancelled".to_owned())) } else { answer };
        self.answer(id, answer);
    }

    fn was_cancelled(&mut self, id: &RequestId) -> bool {
        // Strings print in quotes and numbers without, as in JSON.
        self.cancelled.remove(&id.to_string())
    }

    fn answer(&mut self, id: RequestId, answer: Answer) {
        let response = match answer {
            Ok(value) => Response { id, response_result: Ok(value) },
            Err((code, message)) => Response::new_err(id, code as i32, message),
        };
        self.send(&response.into());
    }

    fn initialize(&mut self, params: &Value) -> Answer {
        let offered = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        if offered.is_some_and(|offered| offered.iter().any(|name| name == Encoding::Utf8.name())) {
            self.encoding = Encoding::Utf8;
        }
        self.watches = params.pointer("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration")
            == Some(&Value::Bool(true));
        let folder =
            ["/workspaceFolders/0/uri", "/rootUri"].iter().find_map(|pointer| params.pointer(pointer)?.as_str());
        let folder = folder.and_then(path_of);
        let desk = Desk::new(self.options.clone(), folder)
            .map_err(|error| (ErrorCode::RequestFailed, format!("cannot open the folder: {error}")))?;
        self.state = State::Talking(Box::new(desk));
        Ok(json!({
            "capabilities": {
                "positionEncoding": self.encoding.name(),
                "textDocumentSync": {"openClose": true, "change": 2, "save": true},
                "hoverProvider": true,
                "definitionProvider": true,
                "referencesProvider": true,
                "codeActionProvider": {"codeActionKinds": ["quickfix"]},
            },
            "serverInfo": {"name": "bailiwick", "version": env!("CARGO_PKG_VERSION")},
        }))
    }

    fn question(&mut self, method: &str, params: Value) -> Answer {
        if !["textDocument/hover", "textDocument/definition", "textDocument/references", "textDocument/codeAction"]
            .contains(&method)
        {
            return Err((ErrorCode::MethodNotFound, format!("`{method}` is not spoken here")));
        }
        self.catch_up();
        let State::Talking(desk) = &self.state else { return Ok(Value::Null) };
        if method == "textDocument/codeAction" {
            let params: CodeActionParams = parsed(params)?;
            let path = path_of(params.text_document.uri.as_ref()).and_then(|path| desk.inside(&path));
            let asked = path.as_deref().and_then(|path| Asked::of(desk, path, self.encoding));
            return Ok(asked.map_or_else(|| json!([]), |asked| asked.code_actions(params.range)));
        }
        let params: At = parsed(params)?;
        let path = path_of(&params.text_document.uri).and_then(|path| desk.inside(&path));
        let Some(asked) = path.as_deref().and_then(|path| Asked::of(desk, path, self.encoding)) else {
            return Ok(Value::Null);
        };
        let found = match method {
            "textDocument/hover" => asked.hover(params.position),
            "textDocument/definition" => asked.definition(params.position),
            _ => {
                let declaration = params.context.is_some_and(|context| context.include_declaration);
                asked.references(params.position, declaration)
            }
        };
        Ok(found.unwrap_or_default())
    }

    /// Notifications that cannot be understood are passed over: there is nobody to answer.
    fn notified(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        if method == "initialized" {
            return self.watch_files();
        }
        let encoding = self.encoding;
        let State::Talking(desk) = &mut self.state else { return };
        let inside = |desk: &Desk, uri: &str| path_of(uri).and_then(|path| desk.inside(&path));
        match method.as_str() {
            "textDocument/didOpen" => {
                let Ok(params) = serde_json::from_value::<DidOpenTextDocumentParams>(params) else { return };
                let document = params.text_document;
                let uri = document.uri.to_string();
                if let Some(path) = inside(desk, &uri) {
                    desk.open(path, uri, document.version, document.text);
                }
            }
            "textDocument/didChange" => {
                let Ok(params) = serde_json::from_value::<DidChangeTextDocumentParams>(params) else { return };
                let document = params.text_document;
                if let Some(path) = inside(desk, document.text_document_identifier.uri.as_ref()) {
                    let changes = params.content_changes.into_iter().map(|change| match change {
                        TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                            (Some(part.range), part.text)
                        }
                        TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                            (None, whole.text)
                        }
                    });
                    desk.change(&path, document.version, encoding, changes);
                }
            }
            "textDocument/didClose" => {
                let Ok(params) = serde_json::from_value::<DidCloseTextDocumentParams>(params) else { return };
                if let Some(path) = inside(desk, params.text_document.uri.as_ref()) {
                    desk.close(&path);
                }
            }
            "workspace/didChangeWatchedFiles" => {
                let Ok(params) = serde_json::from_value::<DidChangeWatchedFilesParams>(params) else { return };
                for event in params.changes {
                    if let Some(path) = inside(desk, event.uri.as_ref()) {
                        desk.changed_on_disk(&path, event.kind != FileChangeType::Changed);
                    }
                }
            }
            _ => {}
        }
    }

    /// Asks to be told of changes on the disk, where the editor can.
    fn watch_files(&mut self) {
        if !self.watches || !matches!(self.state, State::Talking(_)) {
            return;
        }
        self.requests += 1;
        let params = json!({"registrations": [{
            "id": "files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": [{"globPattern": "**/*"}]},
        }]});
        let id = RequestId::from(self.requests);
        self.send(&Request { id, method: "client/registerCapability".to_owned(), params }.into());
    }

    /// Brings the session up to what was typed and shows what it finds.
    fn catch_up(&mut self) {
        let State::Talking(desk) = &mut self.state else { return };
        if !desk.is_behind() {
            return;
        }
        desk.catch_up();
        let found = diagnostics::of_desk(desk, self.encoding);
        let mut shown = BTreeMap::new();
        let mut messages = Vec::new();
        for (path, diagnostics) in &found {
            let uri = desk.uri(path);
            messages.push(published(desk, path, &uri, diagnostics));
            shown.insert(path.clone(), uri);
        }
        for (path, uri) in &self.shown {
            if !shown.contains_key(path) {
                messages.push(published(desk, path, uri, &[]));
            }
        }
        self.shown = shown;
        for message in messages {
            self.notify("textDocument/publishDiagnostics", message);
        }
    }
}

fn parsed<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

fn published(desk: &Desk, path: &str, uri: &str, diagnostics: &[Value]) -> Value {
    let mut params = json!({"uri": uri, "diagnostics": diagnostics});
    if let Some(version) = desk.version(path) {
        params["version"] = version.into();
    }
    params
}
