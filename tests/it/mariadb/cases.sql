-- Statements that MariaDB judges: see tests/it/judge_mariadb.rs.

-- ## reads
-- = select orders
SELECT * FROM orders;
-- = select orders
SELECT count(*) FROM orders;
-- = select orders
SELECT o.id FROM orders AS o WHERE o.status = "new" ORDER BY o.id LIMIT 1, 5;
-- = select customers, select orders
SELECT o.id, c.name FROM orders o INNER JOIN customers c ON c.id = o.customer_id;
-- = select customers, select orders
SELECT STRAIGHT_JOIN o.id FROM orders o STRAIGHT_JOIN customers c ON c.id = o.customer_id;
-- = select customers, select items, select orders
SELECT o.id FROM (orders o, customers c) LEFT JOIN items i ON i.order_id = o.id;
-- = select archive, select orders
SELECT * FROM orders NATURAL LEFT JOIN archive;
-- = select orders
SELECT SQL_NO_CACHE HIGH_PRIORITY DISTINCTROW id FROM orders USE INDEX (PRIMARY) WHERE id = 1;
-- = select "Mixed Case"
SELECT `Order` FROM `Mixed Case`;
-- = select orders
SELECT id FROM orders # FROM products
;
-- = select orders
SELECT /*!40001 SQL_NO_CACHE */ id FROM orders;
-- = select orders
SELECT /*+ a hint */ id FROM orders WHERE note = 'it\'s FROM items' OR note = "select * from products";
-- = select customers, select orders
SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers);
-- = select items, select orders
SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id);
-- = select orders, select products
SELECT (SELECT max(price) FROM products), id FROM orders;
-- = select customers, select orders
SELECT x.id FROM (SELECT id FROM orders) AS x JOIN (SELECT id FROM customers) AS y USING (id);
-- = select archive, select orders
(SELECT id FROM orders) UNION (SELECT id FROM archive) ORDER BY id LIMIT 3;
-- = select archive, select orders, select tree
SELECT id FROM orders EXCEPT SELECT id FROM archive INTERSECT SELECT id FROM tree;
-- = select orders
SELECT group_concat(DISTINCT status ORDER BY id SEPARATOR ', from products') FROM orders GROUP BY customer_id WITH ROLLUP;
-- = select orders
SELECT rank() OVER (PARTITION BY customer_id ORDER BY total) FROM orders;
-- = select customers, select orders
SELECT IF(total > 1, (SELECT name FROM customers LIMIT 1), 'x') FROM orders;
-- = select orders
SELECT id FROM orders WHERE note REGEXP 'a' AND note NOT LIKE 'b' ESCAPE '|' PROCEDURE ANALYSE();
-- = select open_orders
SELECT * FROM open_orders;
-- = select items, select open_orders
SELECT o.id FROM open_orders o JOIN items i ON i.order_id = o.id;
-- = select orders
SELECT id INTO @x FROM orders LIMIT 1;
-- = select orders
SELECT @n := count(*) FROM orders;
-- = select orders
SELECT j.a FROM orders, JSON_TABLE('[1]', '$[*]' COLUMNS (a int PATH '$')) AS j;
-- ~ update orders
-- = select orders, update orders
SELECT id FROM orders LOCK IN SHARE MODE;
-- = select orders
WITH c AS (SELECT id FROM orders) SELECT * FROM c;
-- = select archive
WITH orders AS (SELECT id FROM archive) SELECT * FROM orders;
-- = select tree
WITH RECURSIVE t AS (SELECT id, parent FROM tree WHERE parent IS NULL UNION ALL SELECT tree.id, tree.parent FROM tree JOIN t ON tree.parent = t.id) SELECT * FROM t;
-- = select items, select orders
SELECT * FROM (WITH c AS (SELECT id FROM orders) SELECT * FROM c) x, items;
-- = select orders
DO (SELECT count(*) FROM orders);
-- = select orders
SET @x = (SELECT count(*) FROM orders);
-- = select orders
HANDLER orders OPEN;
-- = select orders
EXPLAIN SELECT * FROM orders;

-- ## writes
-- = insert audit
INSERT INTO audit VALUES (1, 'x');
-- = insert audit
INSERT audit SET at = 1, what = 'x';
-- = insert customers
INSERT LOW_PRIORITY IGNORE INTO customers (id, name) VALUES (1, 'x'), (2, 'y');
-- = select customers, insert orders
INSERT INTO orders (id, customer_id) VALUES (10, (SELECT max(id) FROM customers));
-- = select orders, insert archive
INSERT INTO archive SELECT * FROM orders;
-- = select items, select orders, insert archive, update archive
INSERT INTO archive (id) SELECT o.id FROM orders o JOIN items i ON i.order_id = o.id ON DUPLICATE KEY UPDATE status = 'x';
-- = insert products, update products
INSERT INTO products (sku, stock) VALUES ('x', 1) ON DUPLICATE KEY UPDATE stock = stock + VALUES(stock);
-- = insert items
INSERT INTO items (order_id, position) VALUES (5, 1) RETURNING order_id;
-- = insert "Mixed Case"
INSERT INTO `Mixed Case` VALUES (1, 'x');
-- = insert products, delete products
REPLACE INTO products (sku, title) VALUES ('x', 'X');
-- = select orders, insert archive, delete archive
REPLACE INTO archive SELECT * FROM orders;
-- = select customers, insert products, delete products
REPLACE products SET sku = 'x', title = (SELECT name FROM customers LIMIT 1);
-- = update orders
UPDATE orders SET status = 'x';
-- = update orders
UPDATE LOW_PRIORITY IGNORE orders AS o SET o.status = 'x', o.total = o.total + 1 WHERE o.id = 1 ORDER BY o.id LIMIT 1;
-- = select items, update orders
UPDATE orders SET total = (SELECT sum(quantity) FROM items WHERE items.order_id = orders.id);
-- = select customers, update orders
UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.status = c.country;
-- = update customers, update orders
UPDATE orders, customers SET orders.status = 'x', customers.name = 'y' WHERE orders.customer_id = customers.id;
-- = select items, update orders
UPDATE orders o LEFT JOIN (SELECT order_id, sum(quantity) q FROM items GROUP BY order_id) i ON i.order_id = o.id SET o.total = i.q;
-- = delete items
DELETE FROM items;
-- = delete items
DELETE QUICK FROM items WHERE order_id = 1 ORDER BY position LIMIT 1;
-- = select orders, delete items
DELETE FROM items WHERE order_id IN (SELECT id FROM orders WHERE status = 'x');
-- = select orders, delete items
DELETE i FROM items i JOIN orders o ON o.id = i.order_id WHERE o.status = 'x';
-- = select orders, delete items
DELETE FROM i USING items AS i INNER JOIN orders AS o ON o.id = i.order_id;
-- = select customers, delete items, delete orders
DELETE items, orders FROM items INNER JOIN orders INNER JOIN customers WHERE items.order_id = orders.id AND orders.customer_id = customers.id;
-- = delete items
DELETE FROM items WHERE order_id = 1 RETURNING sku;
-- = truncate audit
TRUNCATE TABLE audit;
-- = truncate audit
TRUNCATE audit;

-- ## schema changes
-- = create fresh
CREATE TABLE fresh (id int PRIMARY KEY, note text, KEY (note(3))) ENGINE = MyISAM DEFAULT CHARSET = utf8mb4 COMMENT = 'from orders';
-- = select orders, create fresh
CREATE TABLE IF NOT EXISTS fresh LIKE orders;
-- + insert fresh
-- = select orders, create fresh
CREATE TABLE fresh AS SELECT id FROM orders;
-- + insert fresh
-- = select customers, select orders, create fresh
CREATE TABLE fresh (id int) SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id;
-- + drop fresh
-- = create fresh
CREATE OR REPLACE TABLE fresh (id int);
-- = select orders, create fresh
CREATE VIEW fresh AS SELECT id FROM orders;
-- + drop fresh
-- = select customers, select orders, create fresh
CREATE OR REPLACE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW fresh (a) AS SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id;
-- = alter orders
CREATE INDEX fresh ON orders (total);
-- = alter products
CREATE UNIQUE INDEX fresh USING BTREE ON products (title);
-- = alter customers
DROP INDEX email ON customers;
-- = alter orders
ALTER TABLE orders ADD COLUMN fresh int AFTER id, ADD INDEX (fresh), MODIFY note text, CHANGE status state varchar(9), DROP COLUMN total;
-- + drop orders, create sales, insert sales
-- = alter orders
ALTER TABLE orders RENAME TO sales;
-- + drop orders, create sales, insert sales
-- = alter orders
RENAME TABLE orders TO sales;
-- = drop archive
DROP TABLE archive;
-- = drop archive, drop audit
DROP TABLE IF EXISTS archive, audit CASCADE;
-- = drop open_orders
DROP VIEW open_orders;
-- ~ update products
-- = update products, trigger orders
CREATE TRIGGER fresh AFTER INSERT ON orders FOR EACH ROW UPDATE products SET stock = stock - 1;
-- + insert orders, select orders
-- ~ alter orders
-- = alter orders
OPTIMIZE TABLE orders;
-- + insert orders, select orders
-- ~ alter orders
-- = alter orders
ANALYZE TABLE orders;
