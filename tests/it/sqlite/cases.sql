-- Statements that SQLite judges: see tests/it/judge_sqlite.rs.

-- ## reads
-- = select orders
SELECT * FROM orders;
-- = select orders
SELECT count(*) FROM orders;
-- = select orders
SELECT o.id FROM orders AS o WHERE o.status = 'new' ORDER BY o.id LIMIT 5 OFFSET 1;
-- = select customers, select orders
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id;
-- = select customers, select items, select orders
SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id LEFT JOIN items i ON i.order_id = o.id;
-- = select customers, select orders
SELECT orders.id, customers.name FROM orders, customers WHERE orders.customer_id = customers.id;
-- = select customers, select orders
SELECT * FROM orders NATURAL JOIN customers;
-- = select archive, select orders
SELECT * FROM orders JOIN archive USING (id);
-- = select main.orders
SELECT * FROM main.orders;
-- = select "Mixed Case"
SELECT "Order" FROM "Mixed Case";
-- = select "Mixed Case"
SELECT "Order" FROM [Mixed Case];
-- = select "Mixed Case"
SELECT `Order` FROM `Mixed Case`;
-- = select orders
SELECT 'a' AS "from", id FROM orders -- FROM products
;
-- = select orders
SELECT /* FROM items */ id FROM orders;
-- = select orders
SELECT id FROM orders WHERE status = 'from products' OR doc LIKE '%; select * from items%';
-- = select customers, select orders
SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers);
-- = select items, select orders
SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id);
-- = select orders, select products
SELECT id FROM orders WHERE total > (SELECT avg(price) FROM products);
-- = select orders, select products
SELECT (SELECT max(price) FROM products), id FROM orders;
-- = select items, select orders, select products
SELECT id FROM orders WHERE id IN (SELECT order_id FROM items WHERE sku IN (SELECT sku FROM products));
-- = select orders
SELECT x.id FROM (SELECT id FROM orders) AS x;
-- = select customers, select orders
SELECT x.id FROM (SELECT o.id FROM orders o JOIN (SELECT id FROM customers) c ON c.id = o.customer_id) AS x;
-- = select archive, select orders
SELECT id FROM orders UNION SELECT id FROM archive;
-- = select archive, select items, select orders, select tree
SELECT id FROM orders UNION ALL SELECT id FROM archive EXCEPT SELECT order_id FROM items INTERSECT SELECT id FROM tree;
-- = select archive, select orders
SELECT * FROM (SELECT id FROM orders UNION ALL SELECT id FROM archive) ORDER BY 1;
-- = nothing
VALUES (1, 'a'), (2, 'b');
-- = select orders
SELECT * FROM (VALUES (1), (2)) AS v, orders;
-- + select json_each
-- = select orders
SELECT value FROM orders, json_each(orders.doc);
-- = select orders
SELECT rank() OVER (PARTITION BY customer_id ORDER BY total) FROM orders;
-- = select orders
SELECT sum(total) FILTER (WHERE status = 'new') OVER w FROM orders WINDOW w AS (ORDER BY id);
-- = select customers, select orders
SELECT CASE WHEN total > 1 THEN (SELECT name FROM customers LIMIT 1) ELSE 'x' END FROM orders;
-- = select orders
SELECT CAST(total AS text), total IS NOT DISTINCT FROM 3 FROM orders;
-- = select orders
SELECT id FROM orders INDEXED BY orders_status WHERE status = 'new';
-- = select orders
SELECT id FROM orders NOT INDEXED WHERE status = 'new';
-- = select open_orders
SELECT * FROM open_orders;
-- = select items, select open_orders
SELECT o.id FROM open_orders o JOIN items i ON i.order_id = o.id;
-- = select customers, select orders
SELECT * FROM (orders JOIN customers ON customers.id = orders.customer_id);
-- = select items, select orders, select products
SELECT * FROM ((orders o JOIN items i ON i.order_id = o.id) LEFT JOIN products p ON p.sku = i.sku);
-- = select items, select orders
SELECT id FROM orders GROUP BY status HAVING count(*) > (SELECT count(*) FROM items);
-- = select customers, select orders
SELECT id FROM orders ORDER BY (SELECT name FROM customers WHERE customers.id = orders.customer_id);
-- = select orders, select products
SELECT id FROM orders LIMIT (SELECT count(*) FROM products);
-- = select items, select orders
SELECT id FROM orders WHERE (id, customer_id) IN (SELECT order_id, position FROM items);
-- = select orders
EXPLAIN QUERY PLAN SELECT * FROM orders;

-- ## names of WITH
-- = select orders
WITH c AS (SELECT id FROM orders) SELECT * FROM c;
-- = select archive
WITH orders AS (SELECT id FROM archive) SELECT * FROM orders;
-- = select customers, select orders
WITH c AS (SELECT id FROM orders), d AS (SELECT id FROM c) SELECT d.id FROM d JOIN customers ON customers.id = d.id;
-- = select tree
WITH RECURSIVE t(id) AS (SELECT id FROM tree WHERE parent IS NULL UNION ALL SELECT tree.id FROM tree JOIN t ON tree.parent = t.id) SELECT * FROM t;
-- = nothing
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM n;
-- + select c
-- = select customers, select orders
WITH c AS MATERIALIZED (SELECT id FROM orders) SELECT (SELECT count(*) FROM c), id FROM customers;
-- = select items, select orders
SELECT * FROM (WITH c AS (SELECT id FROM orders) SELECT * FROM c) x, items;
-- = select orders, insert audit
WITH c AS (SELECT id FROM orders) INSERT INTO audit SELECT id, 'x' FROM c;
-- = select customers, update orders
WITH c AS (SELECT id FROM customers) UPDATE orders SET status = 'x' WHERE customer_id IN (SELECT id FROM c);
-- = select customers, delete orders
WITH c AS (SELECT id FROM customers) DELETE FROM orders WHERE customer_id IN (SELECT id FROM c);
-- = select items, select products
WITH a AS (SELECT 1 AS x FROM products), b AS (WITH a AS (SELECT 2 AS x FROM items) SELECT x FROM a) SELECT a.x, b.x FROM a, b;

-- ## writes
-- = insert audit
INSERT INTO audit VALUES ('now', 'x');
-- = insert orders
INSERT INTO orders DEFAULT VALUES;
-- = select customers, insert orders
INSERT INTO orders (id, customer_id) VALUES (10, (SELECT max(id) FROM customers));
-- = select orders, insert archive
INSERT INTO archive SELECT * FROM orders;
-- = select archive, select orders, insert archive
INSERT INTO archive SELECT * FROM orders WHERE id NOT IN (SELECT id FROM archive);
-- = insert items
INSERT INTO items (order_id, position) VALUES (5, 1) RETURNING order_id;
-- = insert customers
INSERT OR IGNORE INTO customers (id, name) VALUES (1, 'x');
-- ~ delete customers
-- = insert customers, delete customers
INSERT OR REPLACE INTO customers (id, name) VALUES (1, 'x');
-- ~ delete products
-- = insert products, delete products
REPLACE INTO products (sku, title) VALUES ('x', 'X');
-- ~ delete archive
-- = select orders, insert archive, delete archive
REPLACE INTO archive SELECT * FROM orders;
-- = insert products, update products
INSERT INTO products (sku, stock) VALUES ('x', 1) ON CONFLICT (sku) DO UPDATE SET stock = stock + excluded.stock;
-- = insert products
INSERT INTO products (sku, stock) VALUES ('x', 1) ON CONFLICT DO NOTHING;
-- = select items, select orders, insert products, update products
INSERT INTO products (sku, stock) SELECT sku, quantity FROM items WHERE true ON CONFLICT (sku) DO UPDATE SET stock = excluded.stock WHERE stock < (SELECT count(*) FROM orders);
-- = update orders
UPDATE orders SET status = 'x';
-- = update orders
UPDATE orders SET status = 'x', total = total + 1 WHERE id = 1;
-- = update orders
UPDATE orders AS o SET status = 'x' WHERE o.id = 1;
-- = update customers
UPDATE OR IGNORE customers SET email = 'x' WHERE id = 1;
-- = select items, update orders
UPDATE orders SET total = (SELECT sum(quantity) FROM items WHERE items.order_id = orders.id);
-- = select customers, update orders
UPDATE orders SET status = c.country FROM customers c WHERE c.id = orders.customer_id;
-- = select products, update orders
UPDATE orders SET (status, total) = (SELECT title, price FROM products LIMIT 1);
-- = update orders
UPDATE orders SET status = 'x' WHERE id = 1 RETURNING id;
-- = update open_orders
UPDATE open_orders SET total = 3 WHERE id = 1;
-- = update "Mixed Case"
UPDATE "Mixed Case" SET "Order" = 'x';
-- = delete items
DELETE FROM items;
-- = delete items
DELETE FROM items WHERE order_id = 1;
-- = select orders, delete items
DELETE FROM items AS i WHERE i.order_id IN (SELECT id FROM orders WHERE status = 'x');
-- = delete items
DELETE FROM items WHERE order_id = 1 RETURNING sku;
-- = select products, delete main.items
DELETE FROM main.items WHERE EXISTS (SELECT 1 FROM products p WHERE p.sku = items.sku);

-- ## schema changes
-- = create fresh
CREATE TABLE fresh (id integer PRIMARY KEY, note text);
-- + alter fresh
-- = create fresh
CREATE TABLE IF NOT EXISTS fresh (id integer CHECK (id > 0), UNIQUE (id)) STRICT;
-- = select orders, create fresh
CREATE TABLE fresh AS SELECT * FROM orders;
-- ~ references orders
-- = references orders, create fresh
CREATE TABLE fresh (id integer, order_id integer REFERENCES orders (id));
-- ~ references customers
-- = references customers, create fresh
CREATE TABLE fresh (id integer, customer integer, FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE ON UPDATE SET NULL);
-- = nothing
CREATE TEMP TABLE scratch (id integer);
-- ~ select orders
-- = select orders, create fresh
CREATE VIEW fresh AS SELECT id FROM orders;
-- ~ select orders, select customers
-- = select customers, select orders, create fresh
CREATE VIEW IF NOT EXISTS fresh (a) AS SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id;
-- = alter orders
CREATE INDEX fresh ON orders (total);
-- = alter products
CREATE UNIQUE INDEX IF NOT EXISTS fresh ON products (lower(title)) WHERE price > 0;
-- ~ insert audit
-- = insert audit, trigger orders
CREATE TRIGGER fresh AFTER INSERT ON orders BEGIN INSERT INTO audit VALUES ('now', 'x'); END;
-- ~ update products, select customers
-- = select customers, update products, trigger orders
CREATE TRIGGER fresh BEFORE UPDATE OF status ON orders WHEN NEW.status <> (SELECT name FROM customers LIMIT 1) BEGIN UPDATE products SET stock = 1; SELECT RAISE(ABORT, 'no'); END;
-- = alter orders
ALTER TABLE orders ADD COLUMN fresh text;
-- = alter orders
ALTER TABLE orders RENAME TO sales;
-- = alter customers
ALTER TABLE customers RENAME COLUMN name TO title;
-- = alter audit
ALTER TABLE audit DROP COLUMN what;
-- = drop archive
DROP TABLE archive;
-- + alter open_orders
-- = drop open_orders
DROP VIEW open_orders;
-- + alter orders
-- = nothing
DROP INDEX orders_status;
-- + alter items
-- = nothing
DROP TRIGGER items_log;
-- = alter orders
ANALYZE orders;

-- ## what touches nothing
-- = nothing
SELECT 1;
-- = nothing
SELECT name FROM sqlite_master;
-- = nothing
PRAGMA table_info(orders);
-- = nothing
BEGIN;
-- = nothing
SAVEPOINT s;
