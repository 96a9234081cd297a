//! What files of TypeScript and JavaScript become, as dumps.

use super::{outline, outline_javascript};
use crate::syntax::dump::dump;

#[test]
fn says_what_modules_hold() {
    insta::assert_snapshot!(
        "module",
        dump(&outline(
            r#"
import def, { A as B, type C } from '@app/db';
import * as pg from "pg";
import './side';
export * from './x';
export { y as z, default as q } from './y';
const { Pool, Client: Cl } = require('pg');
const db = require('./db').conn;
export const pool = new Pool<Row>({ max: 1, ...cfg }), n = 1;
const t = 'or' + 'ders\n';
export { t };
export default class Foo extends Base<Order> implements X, Y {
  static tableName = 'foo';
  @Column({ type: 'int' }) id: number | null;
  private readonly log = new Logger(Foo.name);
  constructor(@InjectRepository(Order) private repo: Repository<Order>, x = 1, { a, b: [c] }: P = {}) { super(); }
  @Get(':id')
  async find<T extends Z>(@Param('id') id: string): Promise<Order[]> {
    const { rows: [first], count = 0 } = await this.repo.query<Order>(`select * from ${t} where a = $1`, [id]);
    let q = sql`select ${id} from x`; q += 'and';
    await this.prisma.$queryRaw`select 1`;
    if ((m = foo()) && bar()) return first ?? null; else { z(); }
    for (const [k, v] of Object.entries(x)) { k(v); }
    for (let i = 0; i < 3; i++) { go(i) }
    switch (k) { case 1: a(); break; default: b(); }
    try { a() } catch (e) { b() } finally { c() }
    const f = async (x) => x.y!.z;
    return cond() ? a?.b : (c as D);
  }
  handle = async () => { this.find() }
}
export enum E { A = 'a', B }
interface DB extends Q<R> { orders: OrdersTable; m(): void }
type T2 = { a: string; b?: Foo[] };
type T3 = typeof orders.$inferSelect;
function named({ a }, ...rest) { return a; }
describe('x', () => { it('y', async () => { q() }) });
namespace N { export const c = 1; function g() {} }
"#
        ))
    );
    insta::assert_snapshot!(
        "common",
        dump(&outline_javascript(
            r#"
'use strict';
const x = require("x");
module.exports = { a, b: 1, c: () => 2, d() { return 1 } };
exports.foo = async function (q) { return q };
module.exports = x;
const C = () => <div a={f(x)} b="s">{g(x)} text</div>;
x.y = function() { this.z() };
router.get('/', (req, res) => db.query('select 1', (e, r) => { res.send(r) }));
"#
        ))
    );
}
