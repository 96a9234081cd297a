//! Kotlin's outline, as text.

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
import a.b.C
import a.b.*
import a.b.C as D

@Entity
@Table(name = "orders", x = [A, B])
data class Order(@Id val id: Long, val name: String? = "x", raw: Int) : Base<Long>(id), Iface {
    companion object {
        const val Q = "select * from orders"
        fun of(): Order = Order(1)
    }
    val q: String get() = "y"
    private val repo by lazy { Repo() }
    init { run() }
    constructor(a: Int) : this(a, 1) { b() }
    override fun <T : Any> f(a: Int, vararg b: T, c: String = "x"): List<Order>? = a.b(c)
    fun String.ext(x: (Int) -> Unit) { this.go() }
}
object Orders : Table("orders") {
    val id = long("id").autoIncrement()
}
enum class E(val t: String) {
    A("x"),
    B("y");

    fun g() = 1
}
interface Repo : JpaRepository<Order, Long> {
    @Query("a" + "b", nativeQuery = true)
    fun find(@Param("x") id: Long): Order
}
class W(d: Store) : Store by d {
    fun w() { x() }
}
typealias T = List<Order>
const val TOP = "t"
"#,
        r#"package a::b
import a::b::C
import a::b::*
import a::b::C as D
@Entity
@Table(name="orders", x=[A, B])
class $0 Order: Base<Long>, Iface
  @Id
  field id: Long
  field name: String = "x"
  static Q = "select * from orders"
  field q: String = "y"
  field repo = lazy(fn#2)
extension $1 String
module $2 Orders: Table
  static id = long("id").autoIncrement()
enum $3 E
  field t: String
  static A = new E("x")
  static B = new E("y")
interface $4 Repo: JpaRepository<Order, Long>
class $5 W: Store
alias $6 T: List<Order>
value TOP = "t" (exported)
constructor #0 Order::Order(id: Long @Id(), name: String = "x", raw: Int) of $0
  super(id)
static fn #1 Order::of() -> Order of $0
  return Order(1)
lambda #2 Order::(it) of $0
  return Repo()
top level #3 Order:: of $0
  run()
constructor #4 Order::Order(a: Int) of $0
  this(a, 1)
  b()
method #5 Order::f<T: Any>(a: Int, b: []<T>, c: String = "x") -> List<Order> of $0
  return a.b(c)
method #6 Order::ext(x: func) of $1
  this.go()
constructor #7 Orders::Orders() of $2
  super("orders")
constructor #8 E::E(t: String) of $3
method #9 E::g() of $3
  return 1
@Query(("a" + "b"), nativeQuery=true)
method #10 Repo::find(id: Long @Param("x")) -> Order of $4
constructor #11 W::W(d: Store) of $5
method #12 W::w() of $5
  x()
"#,
    );
}

#[test]
fn bodies() {
    check(
        r#"fun main() {
    val s = if (x) "a" else { "b" }
    val w = when (f(x)) { 1 -> "a"; is Int -> "b"; else -> "c" }
    for ((i, o) in list) { print(o) }
    Orders.select { Orders.id eq 1 }.map { it[id] }
    transaction(db) { a -> stmt }
    try { x() } catch (e: Exception) { y() } finally { z() }
    foo<Order>(x = 1, *args)
    val c = Order::class.java
    val m = a?.b!!.c ?: d
    val o = object : Foo("a"), Bar { override fun z() { k() } }
    val q = "select $id ${a.b} from \"x\" \$no"
    val r = """
        update $t set a = 1
    """.trimIndent()
    var (a, b) = pair
    sql += "x"
    if (a) return b else c()
    when { a -> b() }
    return "a %s".format(x)
}
"#,
        r#"class $0 : Foo, Bar
fn #0 main()
  let s = ("a" | "b")
  let w = {f(x); return ("a" | "b" | "c")}
  loop
    let i = list~*~0
    let o = list~*~1
    print(o)
  Orders.select(fn#1).map(fn#2)
  transaction(db, fn#3)
  either
    x()
  or
    y()
  z()
  foo<Order>(x=1, ...args)
  let c = type Order
  let m = (a.b.c | d)
  let o = new Foo("a")
  let q = "select {id} {a.b} from \"x\" $no"
  let r = "\n        update {t} set a = 1\n    "
  let a = pair~0
  let b = pair~1
  sql += "x"
  a
  either
    return b
  or
    c()
  either
    b()
  return "a {x}"
lambda #1(it) in #0
  return Orders.id.eq(1)
lambda #2(it) in #0
  return it[id]
lambda #3(a) in #0
  return stmt
method #4 z() of $0 in #0
  k()
"#,
    );
}
