//! What a file of PHP becomes, as a dump.

use super::outline;
use crate::syntax::dump::dump;

#[test]
fn says_what_a_file_holds() {
    insta::assert_snapshot!(dump(&outline(
        r#"<html><?php
namespace App\Models;
use Illuminate\Database\Eloquent\Model;
use App\{Foo, Bar as Baz};
use function strlen;
require_once __DIR__ . '/x.php';
const LIMIT = 10;
#[ORM\Entity(repositoryClass: OrderRepository::class), ORM\Table(name: 'orders', schema: "sales")]
final class Order extends Model implements \JsonSerializable {
    use HasFactory, SoftDeletes { foo as bar; }
    const TABLE = 'orders';
    protected $table = 'sales_orders';
    #[ORM\Column(type: "string")]
    private ?string $name = null, $other;
    public function __construct(private readonly PDO $pdo, protected ?Repo $repo = null, int ...$rest) { parent::__construct(); }
    public static function recent(int $n = 3): Builder|null {
        $sql = "SELECT * FROM {$this->table} WHERE a = $n AND b[$x[0]] = {$o->name()}\n";
        $sql .= ' LIMIT \'1\'' . self::TABLE;
        $q = <<<SQL
          SELECT id FROM orders WHERE x = {$n}
          SQL;
        $raw = <<<'EOT'
          SELECT $x
          EOT;
        [$a, 'k' => $b] = f();
        list($c, , $d) = g();
        foreach ($rows as $k => $row) { $row->save(); }
        foreach ($rows as [$x, $y]) echo $x;
        for ($i = 0; $i < 3; $i++) { go($i); }
        if ($a && ($m = h())) { return static::where('x', $m)->get(); } elseif (z()) { } else { y(); }
        switch ($k) { case 1: a(); break; default: b(); }
        try { a(); } catch (A | B $e) { b(); } finally { c(); }
        $f = function (array $x) use (&$sql): int { return $x['a']; };
        $g = fn($x) => $x ?? $y?->z;
        $v = match(true) { 1, 2 => 'a', default => 'b' };
        $t = $c ? 'a' : 'b'; $u = $c ?: 'd';
        DB::table('orders')->join('items', 'a.b', '=', 'c.d')->get(['x' => 1, ...$y]);
        $db->query(sprintf("select %s from %2\$s", $a, $b));
        $this->hasMany(Item::class);
        $n = new \App\Item($a); $obj->{$dyn}();
        return $wpdb->prefix . 'posts';
    }
}
enum Kind: string { case A = 'a'; }
function helper($x) { return $x; }
$pdo = new PDO($dsn);
$pdo->query('select 1');
?>text<?= $x->y() ?>
"#
    )));
}
