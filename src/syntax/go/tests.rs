//! Go's outline, as text.

use super::super::dump::dump;
use super::{GRAMMAR, outline};

fn check(source: &str, expected: &str) {
    let text = dump(&outline(source));
    assert_eq!(text.trim(), expected.trim(), "\n{text}");
}

#[test]
fn table_names_only_kinds_of_the_grammar() {
    assert_eq!(GRAMMAR.unknown_kinds(), Vec::<&str>::new());
}

#[test]
fn the_whole_of_a_file_is_lowered() {
    let source = r#"package orders

import (
    "context"
    . "github.com/x/dsl"
    pg "github.com/jackc/pgx/v4"
    _ "github.com/lib/pq"
)

//go:embed q.sql
var query string

const (
    table = "orders"
    A, B = "a", "b"
)

type Order struct {
    gorm.Model
    ID int64 `gorm:"column:id;primaryKey" json:"id"`
    Items []*Item
}

type Store interface {
    Find(ctx context.Context, id int64) (*Order, error)
}

func (Order) TableName() string { return "shop." + table }

func (db *OrderDB) Find(ctx context.Context, ids ...int64) (o *Order, err error) {
    sql := fmt.Sprintf("SELECT %s FROM %[1]s WHERE a LIKE '%%x'", cols, table)
    if tx, err := db.pool.Begin(ctx); err != nil {
        return nil, err
    } else if x {
        sql += " LIMIT\t1"
    }
    for i, row := range rows {
        use(i, row)
    }
    switch v := x.(type) {
    case *Order:
        v.Save()
    }
    defer tx.Rollback()
    err = db.run(func(tx pgx.Tx) error {
        _, err := tx.Exec(ctx, `
            DELETE FROM orders`, Order{ID: 1}, &[]Order{{ID: 2}}, map[string]any{"a": 1})
        return err
    })
    return Query[Order](ctx, db, "a"+"b"+table)
}
"#;
    let expected = r#"package orders
import context
import github.com/x/dsl::*
import github.com/jackc/pgx/v4 as pg
import github.com/lib/pq (effect)
struct $0 Order: gorm::Model
  @gorm(column="id", "primaryKey")
  @json("id")
  field ID: int64
  field Items: []<Item>
interface $1 Store
extension $2 OrderDB
value query: string = include("q.sql")
value table = "orders"
value A = "a" (exported)
value B = "b" (exported)
method #0 Store::Find(ctx: context::Context, id: int64) -> ()<Order, error> of $1
method #1 Order::TableName() -> string of $0
  return ("shop." + table)
method #2 OrderDB::Find(ctx: context::Context, ids: []<int64>) -> ()<Order, error> of $2
  let o: Order
  let err: error
  let sql = "SELECT {cols} FROM {cols} WHERE a LIKE '%x'"
  let tx = this.pool.Begin(ctx)~0
  let err = this.pool.Begin(ctx)~1
  (err != nil)
  either
    return [nil, err]
  or
    x
    either
      sql += " LIMIT\t1"
    or
  loop
    let i
    let row = rows~*
    use(i, row)
  x
  either
    let v: Order = x
    v.Save()
  tx.Rollback()
  err = this.run(fn#3)
  return Query<Order>(ctx, this, ("a" + "b" + table))
lambda #3 OrderDB::(tx: pgx::Tx) of $2 in #2
  let _ = tx.Exec(ctx, "\n            DELETE FROM orders", new Order {ID: 1}, ([new Order {ID: 2}] as []<Order>), ({"a" => 1} as map<string, any>))~0
  let err = tx.Exec(ctx, "\n            DELETE FROM orders", new Order {ID: 1}, ([new Order {ID: 2}] as []<Order>), ({"a" => 1} as map<string, any>))~1
  return err
"#;
    check(source, expected);
}
