//! What a file of C# becomes, as a dump.

use super::outline;
use crate::syntax::dump::dump;

#[test]
fn says_what_a_file_holds() {
    insta::assert_snapshot!(dump(&outline(
        r#"
global using System.Linq;
using static Foo.Bar;
using Db = Shop.Data.ShopContext;
namespace Shop.Orders;

[Table("orders", Schema = "sales"), Index(nameof(Id), IsUnique = true)]
public partial class Order<T> : Entity<int>, IAggregate where T : class, IThing, new()
{
    public const string Sql = @"SELECT ""a"" FROM orders";
    private readonly List<Item> _items = new();
    [Column("x")] public string? Name { get; set; } = "a" + "b\n";
    public int Count => _items.Count();
    public Order(string name) : base(name) { Name = name; }
    ~Order() { }
    public string this[int i] { get { return Find(i); } }
}
public class ShopContext(DbContextOptions<ShopContext> options, ILogger log) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();
    protected override void OnModelCreating(ModelBuilder b)
    {
        b.Entity<Order>().ToTable("orders", "sales").HasMany(o => o.Items);
    }
}
public record Person(string Name, int? Age);
enum Kind { A = 1, B }
static class Extensions
{
    public static IQueryable<Order> Recent(this IQueryable<Order> q, int n = 3, params string[] rest) => q.Take(n);
    public static async Task<List<Order>> Run(Db db, string t)
    {
        using var conn = new NpgsqlConnection(cs);
        await using (var tx = await conn.BeginTransactionAsync()) { tx.Commit(); }
        var sql = $"SELECT * FROM {t} WHERE a = '{{x}}' AND b = {b:N2}";
        sql += " and 1=1";
        var r = """
            SELECT 1
            """;
        var v = $@"a ""{t}"" b";
        var rows = await conn.QueryAsync<Order>(sql, new { Id = 1, t }, transaction: tx);
        var q = from o in db.Orders join i in db.Items on o.Id equals i.OrderId where o.Id > 3 orderby o.Name select new { o, i };
        foreach (var (a, c) in rows) { a.Go(); }
        if (x is Order ord && ord.Ok() || !d.TryGetValue("k", out var val)) return ord?.Items?.First().Id ?? null;
        var k = x switch { 1 => "a", Order oo => oo.Name, _ => throw new E("no") };
        switch (k) { case "a": Go(); break; case string s when s.Ok(): Stop(); break; default: break; }
        (a, b) = F();
        var (m, n2) = G();
        var z = cond() ? (string)a : b as string;
        var d2 = new Dictionary<string, int> { { "a", 1 }, ["b"] = 2 };
        var o2 = new Order("n") { Name = "x", Kind = typeof(Order) };
        string.Format("select {0} from {1}", a, t);
        for (int i = 0; i < 3; i++) { Do(i); }
        try { A(); } catch (E e) when (e.X) { B(); } finally { C(); }
        int Local(int y) { return y + t; }
        Func<int, int> f = async x => await Task(x);
        d["k"] ??= Make();
        return null;
    }
}
[TestClass] class Tests { [Fact] public void T() { Check(); } }
"#
    )));
}
