//! What a file of Python becomes, as a dump.

use super::outline;
use crate::syntax::dump::dump;
use crate::syntax::outline::{ExprKind, Piece};

/// The dump of what `text` becomes.
fn dumped(text: &str) -> String {
    dump(&outline(text))
}

#[test]
fn says_what_a_module_holds() {
    insta::assert_snapshot!(dumped(
        r#"
import os.path
import a.b.c as abc
from ..db import models as m, Session
from .x import *
URL = os.environ.get("URL") or "postgres://x"
orders = Table("orders", meta, Column("id", Integer, primary_key=True))
SQL = "select * from %s where id = %%s" % orders.name
URL += "x"
class Order(Base, Generic[T], table=True):
    """Doc."""
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[Optional[List["Item"]]] = relationship(back_populates="order")
    note: str | None
    Index("x", id)
    class Meta:
        db_table = 'orders'
    def __init__(self, db: Session, *args, n=1, **kw):
        super().__init__(db)
        self.db = db
        self.repo: Repo[Order] = Repo(db)
    @classmethod
    def find(cls, id: int) -> "list[Order]":
        q = f"SELECT * FROM {cls.__tablename__} WHERE id = {id!r} \n AND x={{}}"
        q += " and 1=1"
        with engine.begin() as conn, x() as (a, b):
            rows = conn.execute(text("sel" "ect {} {x}".format(q, x=1))).fetchall()
            for a, (b, *c) in rows:
                print(a)
        try:
            return [r.id for r in rows if r.ok()]
        except (A, B) as e:
            raise X() from e
        finally:
            done()
        if (n := len(rows)) > 3 and foo():
            y = 1 if bar() else 2
        elif z: pass
        a, b = 1, 2
        self.x, d["k"] = f()
        psycopg.sql.SQL("insert into {}").format(psycopg.sql.Identifier("t"))
        return lambda x, y=1: x + y
@app.get("/x", dependencies=[Depends(f)])
@pytest.fixture
async def handler(db: Annotated[Session, Depends(get)]):
    await db.execute("select 1", {"a": 1, **k})
    yield x
    match x:
        case Foo(y=1) if y: return 3
        case _: return 4
"#
    ));
}

#[test]
fn spans_of_pieces_are_bytes_of_the_file() {
    let text = "q = f'a\\n{x}b' 'c'\n";
    let outline = outline(text);
    let Some(value) = outline.values[0].value else { panic!("no value") };
    let ExprKind::Text(pieces) = &outline.expr(value).kind else { panic!("no text") };
    let spans: Vec<_> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal { span, .. } | Piece::Value { span, .. } | Piece::Hole { span } => &text[span.range()],
        })
        .collect();
    assert_eq!(spans, ["a", "\\n", "{x}", "b", "c"]);
}
