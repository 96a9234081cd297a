//! What files become in which SQL hides, as dumps.

use super::{dockerfile, makefile, notebook, shell, terraform, yaml};
use crate::syntax::dump::dump;
use crate::syntax::outline::{ExprKind, Outline, Piece};

/// Every piece of known text that is as long as its span must be the bytes of the file.
fn checked(outline: &Outline, text: &str) -> String {
    for expr in &outline.exprs {
        let ExprKind::Text(pieces) = &expr.kind else { continue };
        for piece in pieces {
            if let Piece::Literal { text: known, span } = piece
                && known.len() == span.len()
                && known.len() > 1
            {
                assert_eq!(text.get(span.range()), Some(known.as_str()), "a piece is not where it says");
            }
        }
    }
    dump(outline)
}

#[test]
fn shell_scripts() {
    let text = r#"#!/bin/bash
set -e # comment
SQL="select * from orders"
SQL+=" where x = $1"
psql -U app -c "$SQL" "${DB:-shop}" && echo done
PGPASSWORD=x psql --command="delete from a" -tA | wc -l
N=$(psql -c 'select count(*) from b')
psql <<EOF
insert into c values ($N, 'it''s');
EOF
cat <<-'SQL' | psql -d x
	update d set e = 1;
	SQL
sudo -u postgres psql -c "drop table f"
docker exec -i db mysql -e "select 1 from g"
bash -c "sqlite3 x.db 'select * from h'"
echo "truncate i" | psql
psql -v ON_ERROR_STOP=1 --username "$U" <<-EOSQL
    CREATE TABLE j (id int);
EOSQL
mysql < dump.sql
if psql -c "select 1 from k"; then echo 'no (rows)'; fi
"#;
    insta::assert_snapshot!("shell", checked(&shell(text), text));
}

#[test]
fn makefiles_and_dockerfiles() {
    let text = "db:\n\t@psql -c 'select 1 from a' $$URL \\\n\t  -v x=1\n\tpsql <<< \"select 2 from b\"\nX = 1\n";
    insta::assert_snapshot!("makefile", checked(&makefile(text), text));
    let text = "FROM x\nRUN apk add y && \\\n  psql -c \"create table a (b int)\"\nCMD [\"psql\", \"-c\", \"select \\\"c\\\" from d\"]\nRUN <<EOF\npsql -c 'select e from f'\nEOF\n";
    insta::assert_snapshot!("dockerfile", checked(&dockerfile(text), text));
}

#[test]
fn documents() {
    let text = r#"apiVersion: v1
data:
  init.sql: |-
    CREATE TABLE a (
      id int
    );
  run.sh: |
    #!/bin/sh
    psql <<EOF
    INSERT INTO b VALUES (1);
    EOF
  note: "SELECT {{ .x }} FROM \"c\""
spec:
  containers:
    - command: ["sh", "-c"]
      args: ["psql -c 'delete from d'"]
    - command:
        - psql
        - -c
        - select 1 from e
jobs:
  x:
    steps:
      - run: |
          psql -c "select 1
            from f"
"#;
    insta::assert_snapshot!("yaml", checked(&yaml(text), text));
    let text = "resource \"x\" \"y\" {\n  query = <<-EOT\n    select * from a where b = ${var.c}\n  EOT\n  sql = \"select \\\"d\\\" from e\"\n  command = \"psql -c 'select 1 from f'\"\n}\n";
    insta::assert_snapshot!("terraform", checked(&terraform(text), text));
    let text = r#"{"cells": [{"cell_type": "code", "source": ["import pandas as pd\n", "q = \"select * \" + x\n", "%matplotlib inline\n", "pd.read_sql(\"select a\\n from b\", conn)\n", "!psql -c 'select c from d'\n"]}, {"cell_type": "code", "source": "%%sql\nselect e\nfrom f"}, {"cell_type": "markdown", "source": "select g from h"}]}"#;
    insta::assert_snapshot!("notebook", checked(&notebook(text), text));
}
