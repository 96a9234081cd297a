//! Java's outline, as text.

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
        r#"package com.shop.orders;
import java.util.*;
import static com.shop.Tables.ORDERS;
import com.shop.Order;

@Entity @Table(name = "orders", schema = "shop", indexes = {@Index(columnList = "a")})
public class Order<T extends Base & X> extends BaseEntity<Long> implements A, b.B {
    public static final String Q = "SELECT * " + "FROM " + ORDERS;
    @Column(name = "n") private String a, b = "x";
    static { init(); }
    @Autowired
    public Order(@Qualifier("x") Repo repo, int... n) { super(repo); this.repo = repo; }
    public static <K> List<K> find(Class<K> type) throws E { return em.<K>find(type, Order.class); }
    enum Kind { A("x") { void f() {} }, B; int g() { return 1; } }
    record Point(@Id int x, int y) {}
}
interface Repo extends JpaRepository<Order, Long> {
    String TABLE = "t";
    @Query(value = """
        select o
        from Order o""", nativeQuery = true)
    Order find(@Param("x") Long id);
}
"#,
        r#"package com::shop::orders
import java::util::*
import com::shop::Tables::ORDERS
import com::shop::Order
@Entity
@Table(name="orders", schema="shop", indexes=[Index(columnList="a")])
@Index(columnList="a")
class $0 Order<T: Base + X>: BaseEntity<Long>, A, b::B
  static Q: String = ("SELECT * " + "FROM " + ORDERS)
  @Column(name="n")
  field a: String
  @Column(name="n")
  field b: String = "x"
enum $1 Order::Kind
  static A = new Kind("x")
  static B = new Kind
class $2 Order::Point
  @Id
  field x: int
  field y: int
interface $3 Repo: JpaRepository<Order, Long>
  static TABLE: String = "t"
top level #0 Order:: of $0
  init()
@Autowired
constructor #1 Order::Order(repo: Repo @Qualifier("x"), n: []<int>) of $0
  super(repo)
  this.repo = repo
static fn #2 Order::find<K>(type: Class<K>) -> List<K> of $0
  return em.find<K>(type, type Order)
method #3 Order::Kind::f() of $1
method #4 Order::Kind::g() -> int of $1
  return 1
@Query(value="\n        select o\n        from Order o", nativeQuery=true)
method #5 Repo::find(id: Long @Param("x")) -> Order of $3
"#,
    );
}

#[test]
fn bodies() {
    check(
        r#"class A {
    @Test
    void f() {
        String sql = x ? "a" : g("b");
        sql += " where " + n + 1;
        var list = List.of(Order::getId, Order.class, (Order) y);
        for (Order o : repo.findAll()) { repo.save(o); }
        try (Connection c = ds.getConnection()) { c.prepareStatement(String.format("DELETE FROM %s WHERE id=%d", T, 1)); }
        catch (E | F e) { log(e); } finally { done(); }
        switch (k) { case 1: a(); break; default: b(); }
        String s = switch (k) { case A -> "x"; case B -> { yield "y"; } default -> throw new E(); };
        t.execute(new Callback() { public void run(Tx tx) { tx.go(); } });
        run(() -> { a(); return 1; }, z -> z.b(), "q %s".formatted(v));
        int i = 1 + 2; int[] xs = {1, 2}; String[] ys = new String[]{"a"};
        if (a) { b(); } else if (c) d(); else { e(); }
        super.f(); this.x.y[0] = 3;
        while (it.next()) { use(it); }
        do { x(); } while (y());
        for (int j = 0; j < 3; j++) { z(j); }
    }
}
"#,
        r#"class $0 A
class $1 A::: Callback
@Test
method #0 A::f() of $0 (test)
  let sql: String = ("a" | g("b"))
  sql += (" where " + n + 1)
  let list = List.of(Order.getId, type Order, (y as Order))
  loop
    let o: Order = repo.findAll()~*
    repo.save(o)
  either
    let c: Connection = ds.getConnection()
    c.prepareStatement("DELETE FROM {T} WHERE id={1}")
  or
    log(e)
  block
    done()
  k
  either
    a()
  or
    b()
  let s: String = {new E; return ("x" | "y")}
  t.execute(new Callback)
  run(fn#2, fn#3, "q {v}")
  let i: int = (1 + 2)
  let xs: []<int> = [1, 2]
  let ys: []<String> = ["a"]
  a
  either
    b()
  or
    c
    either
      d()
    or
      e()
  super.f()
  this.x.y[0] = 3
  loop
    it.next()
    use(it)
  loop
    x()
    y()
  loop
    let j: int = 0
    (j < 3)
    j
    z(j)
method #1 A::run(tx: Tx) of $1 in #0
  tx.go()
lambda #2 A::() of $0 in #0
  a()
  return 1
lambda #3 A::(z) of $0 in #0
  return z.b()
"#,
    );
}
