//! Scala's outline, as text.

use super::super::dump::dump;
use super::{GRAMMAR, outline};

#[test]
fn table_names_only_kinds_of_the_grammar() {
    assert_eq!(GRAMMAR.unknown_kinds(), Vec::<&str>::new());
}

fn check(source: &str, expected: &str) {
    let text = dump(&outline(source));
    assert_eq!(text.trim(), expected.trim(), "\n{text}");
}

#[test]
fn declarations() {
    check(
        r#"package a.b
package c
import a.b.C
import a.b._
import a.b.{C => D, E, _}
@Ann(name = "x")
case class Order(id: Long, @X name: Option[String] = None) extends Base[Long](id) with Foo {
  val q = "select \" x"
  def f[T <: Any](a: Int, b: T*)(implicit c: C): List[Order] = { a.b(c); d }
  private def g = sql"select $x ${a.b} from t".query[Order].to[List]
}
object Orders extends TableQuery(new OrderTable(_)) {
  val t = """multi
   |line""".stripMargin
  def apply() = 1
  run()
}
class OrderTable(tag: Tag) extends Table[Order](tag, Some("s"), "orders") {
  def id = column[Long]("id", O.PrimaryKey)
  def * = (id, name) <> (Order.tupled, Order.unapply)
}
trait Tr { self: X => def m(x: Int): Unit; val v: String }
enum Color { case Red, Green }
given x: Foo = new Foo {}
extension (s: String) def foo = 1
"#,
        r#"package a::b::c
import a::b::C
import a::b::*
import a::b::C as D
import a::b::E
import a::b::*
@Ann(name="x")
class $0 Order: Base<Long>, Foo
  field id: Long
  @X
  field name: Option<String> = None
  field q = "select \" x"
module $1 Orders: TableQuery
  static t = "multi\nline"
class $2 OrderTable: Table<Order>
  field tag: Tag
trait $3 Tr
  field v: String
enum $4 Color
  static Red
  static Green
class $5 : Foo
extension $6 String
value x = new Foo (exported)
constructor #0 Order::Order(id: Long, name: Option<String> = None @X()) of $0
  super(id)
method #1 Order::f<T: Any>(a: Int, b: []<T>, c: C) -> List<Order> of $0
  a.b(c)
  return d
method #2 Order::g() of $0
  return sql!("select {x} {a.b()} from t").query<Order>().to<List>()
constructor #3 Orders::Orders() of $1
  super(new OrderTable(_))
static fn #4 Orders::apply() of $1
  return 1
top level #5 Orders:: of $1
  run()
constructor #6 OrderTable::OrderTable(tag: Tag) of $2
  super(tag, Some("s"), "orders")
method #7 OrderTable::id() of $2
  return column<Long>("id", O.PrimaryKey)
method #8 OrderTable::*() of $2
  return ([id, name] + [Order.tupled(), Order.unapply()])
method #9 Tr::m(x: Int) -> Unit of $3
method #10 foo() of $6
  return 1
"#,
    );
}

#[test]
fn bodies() {
    check(
        r#"object M {
  def main(args: Array[String]): Unit = {
    val (a, b) = pair
    var x: String = if (c) "a" else "b"
    x += "z"
    val y = x match { case 1 => "a"; case Foo(z) if z > 1 => { "b" } ; case _ => "c" }
    for { o <- orders if o.id === 1; p <- ps } yield (o, p)
    orders.filter(_.id === id).map(o => o.name).result
    try { x } catch { case e: Exception => y } finally { z }
    db.run { q }
    val n = new Foo(1) { def z = 1 }
    foo(x = 1, xs: _*)
    a ++ fr"where" ++ Fragments.x
    while (true) x()
    classOf[Order]
    this.x
    super.y
    x.asInstanceOf[Order]
    f { case (a, b) => a }
    s"a %s $q".format(1)
    a innerJoin b on (_.id === _.id)
    return x
  }
}
"#,
        r#"module $0 M
class $1 M::: Foo
static fn #0 M::main(args: Array<String>) -> Unit of $0
  let a = pair~0
  let b = pair~1
  let x: String = ("a" | "b")
  x += "z"
  x.+=("z")
  let y = ("a" | {let z = x~0; (z > 1); return "b"} | "c")
  {let o = orders~*; (o.id() === 1); let p = ps~*; return [o, p]}
  orders.filter((_.id() === id)).map(fn#1).result()
  either
    x
  or
    let e: Exception
    y
  block
    z
  db.run(q)
  let n = new Foo(1)
  foo(x=1, ...xs)
  (a + fr!("where") + Fragments.x())
  loop
    true
    x()
  type Order
  this.x()
  super.y()
  (x as Order)
  f(fn#3)
  "a {1} {q}"
  a.innerJoin(b).on((_.id() === _.id()))
  return x
lambda #1 M::(o) of $0 in #0
  return o.name()
method #2 M::z() of $1 in #0
  return 1
lambda #3 M::() of $0 in #0
  either
    let a
    let b
    return a
"#,
    );
}
