-- Statements that PostgreSQL judges: see tests/it/judge.rs. A line `-- = …` above a statement lists what it must
-- need; a line `-- ~ …` lists what the server does not ask for at once (a view's tables are checked when it is
-- read, not when it is made). `SNAPSHOTS=overwrite cargo test --test it judge` writes the `=` lines anew.

-- ## plain reads
SELECT * FROM orders;
SELECT id, status FROM public.orders WHERE total > 10;
SELECT o.id FROM orders AS o;
SELECT o.id FROM orders o WHERE o.status = 'new' ORDER BY o.placed_at DESC LIMIT 5 OFFSET 1;
SELECT count(*) FROM sales.orders;
SELECT "Order" FROM "Mixed Case";
TABLE customers;
SELECT ALL status FROM orders GROUP BY status HAVING count(*) > 1;
SELECT DISTINCT ON (customer_id) id FROM orders ORDER BY customer_id, id;
SELECT * FROM ONLY base;
SELECT * FROM base *;
SELECT * FROM orders TABLESAMPLE SYSTEM (10);
SELECT * FROM open_orders;
SELECT * FROM totals;
SELECT * FROM events;
SELECT * FROM events_2026;
SELECT extract(year FROM placed_at) FROM orders;
SELECT substring(note FROM 1 FOR 3), trim(both ' ' FROM note) FROM orders;
SELECT position('a' IN name), overlay(name placing 'x' FROM 1) FROM customers;
SELECT total IS DISTINCT FROM 3 FROM orders;
SELECT id FROM orders WHERE status IN ('new', 'paid') AND placed_at BETWEEN now() - interval '1 day' AND now();
SELECT id FROM orders WHERE note ILIKE '%from customers%' OR note = 'select * from products';
SELECT 'a' AS "from", id FROM orders -- FROM products
;
SELECT /* FROM invoices /* nested FROM items */ */ id FROM orders;
SELECT $$FROM products$$, $tag$ FROM items $tag$, E'it\'s FROM invoices', U&'FROM' FROM orders;
SELECT id FROM orders FETCH FIRST 3 ROWS ONLY;
SELECT rank() OVER (PARTITION BY customer_id ORDER BY total) FROM orders;
SELECT sum(total) OVER w FROM orders WINDOW w AS (ORDER BY placed_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
SELECT count(*) FILTER (WHERE status = 'new') FROM orders;
SELECT customer_id, status, sum(total) FROM orders GROUP BY GROUPING SETS ((customer_id), (status), ());
SELECT array_agg(id ORDER BY id) FROM orders;
SELECT string_agg(sku, ',' ORDER BY position) FROM items GROUP BY order_id;
SELECT doc->>'from', doc #>> '{a,b}', doc @> '{}' FROM orders;
SELECT tags[1:2] FROM orders;
SELECT (orders).id FROM orders;
SELECT orders FROM orders;
SELECT CASE WHEN total > 1 THEN 'from' ELSE 'to' END FROM orders;
SELECT cast(total AS int), total::text COLLATE "C" FROM orders;
SELECT double(total) FROM orders;
VALUES (1), (2);
SELECT 1;
SELECT now(), current_user;
SELECT * FROM generate_series(1, 3) AS orders;
SELECT * FROM unnest(ARRAY[1, 2]) WITH ORDINALITY AS customers (id, n);
SELECT * FROM json_to_recordset('[]') AS items (a int, b text);
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS products;
SELECT * FROM jsonb_each('{}'::jsonb);
SELECT nextval('numbers') WHERE false;
SELECT * FROM (VALUES (1, 'a')) AS orders (id, name);

-- ## joins
SELECT * FROM orders, customers;
SELECT * FROM orders o, customers c WHERE o.customer_id = c.id;
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id;
SELECT * FROM orders o INNER JOIN customers c ON c.id = o.customer_id LEFT JOIN items i ON i.order_id = o.id;
SELECT * FROM orders LEFT OUTER JOIN invoices ON invoices.order_id = orders.id;
SELECT * FROM orders RIGHT JOIN invoices ON invoices.order_id = orders.id;
SELECT * FROM orders FULL OUTER JOIN invoices ON invoices.order_id = orders.id;
SELECT * FROM orders CROSS JOIN products;
SELECT * FROM items NATURAL JOIN products;
SELECT * FROM orders JOIN invoices USING (id) WHERE false OR invoices IS NULL;
SELECT * FROM items JOIN products USING (sku);
SELECT * FROM (orders o JOIN customers c ON c.id = o.customer_id) JOIN items i ON i.order_id = o.id;
SELECT * FROM orders o JOIN (customers c JOIN tree t ON t.id = c.id) ON o.customer_id = c.id;
SELECT a.id FROM orders a JOIN orders b ON a.id = b.id;
SELECT * FROM orders JOIN sales.orders s ON s.id = orders.id;
SELECT * FROM orders o JOIN LATERAL (SELECT * FROM items i WHERE i.order_id = o.id) x ON true;
SELECT * FROM orders o, LATERAL (SELECT max(amount) FROM invoices WHERE order_id = o.id) x;
SELECT * FROM orders o CROSS JOIN LATERAL unnest(o.tags) AS tag;
SELECT * FROM orders o, unnest(o.tags) customers;
SELECT * FROM orders o LEFT JOIN LATERAL jsonb_array_elements(o.doc) AS items ON true;
SELECT * FROM tree a LEFT JOIN tree b ON a.parent = b.id LEFT JOIN tree c ON b.parent = c.id;

-- ## subqueries
SELECT * FROM (SELECT id FROM orders) AS customers;
SELECT * FROM (SELECT * FROM (SELECT id FROM orders) a) b;
SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers);
SELECT id FROM orders WHERE customer_id NOT IN (SELECT id FROM customers WHERE country = 'de');
SELECT id FROM orders o WHERE EXISTS (SELECT FROM items i WHERE i.order_id = o.id);
SELECT id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM items i JOIN products p USING (sku) WHERE i.order_id = o.id);
SELECT id, (SELECT count(*) FROM items i WHERE i.order_id = o.id) FROM orders o;
SELECT (SELECT max(id) FROM orders);
SELECT ARRAY(SELECT sku FROM items);
SELECT id FROM orders WHERE total > ALL (SELECT amount FROM invoices);
SELECT id FROM orders WHERE total = ANY (SELECT amount FROM invoices);
SELECT id FROM orders WHERE (id, total) = (SELECT order_id, amount FROM invoices LIMIT 1);
SELECT id FROM orders ORDER BY (SELECT count(*) FROM items);
SELECT id FROM orders LIMIT (SELECT 1 FROM tree LIMIT 1);
SELECT coalesce((SELECT name FROM customers c WHERE c.id = o.customer_id), 'none') FROM orders o;
SELECT status FROM orders GROUP BY status HAVING sum(total) > (SELECT avg(amount) FROM sales.targets);
SELECT CASE WHEN EXISTS (SELECT 1 FROM invoices) THEN (SELECT 1 FROM payments LIMIT 1) ELSE 0 END;
SELECT * FROM customers c WHERE (SELECT count(*) FROM orders WHERE customer_id = c.id) > 1;
SELECT * FROM orders o JOIN items i ON i.order_id = (SELECT min(order_id) FROM invoices) AND i.order_id = o.id;

-- ## set operations
SELECT id FROM orders UNION SELECT id FROM customers;
SELECT id FROM orders UNION ALL SELECT id FROM archive ORDER BY 1;
SELECT id FROM orders INTERSECT SELECT order_id FROM invoices;
SELECT id FROM orders EXCEPT ALL SELECT order_id FROM items;
(SELECT id FROM orders LIMIT 1) UNION (SELECT id FROM invoices LIMIT 1);
TABLE orders UNION ALL TABLE archive;
SELECT * FROM (SELECT id FROM orders UNION SELECT id FROM archive) x;
SELECT id FROM customers UNION VALUES (1::bigint);

-- ## with
WITH recent AS (SELECT * FROM orders) SELECT * FROM recent;
WITH orders AS (SELECT * FROM archive) SELECT * FROM orders;
WITH orders AS (SELECT * FROM orders) SELECT * FROM orders;
WITH a AS (SELECT id FROM orders), b AS (SELECT * FROM a) SELECT * FROM b;
WITH a AS (SELECT 1), b AS (SELECT * FROM customers) SELECT * FROM b;
WITH customers (id) AS (VALUES (1)) SELECT * FROM customers;
WITH customers AS (SELECT 1 AS id) SELECT * FROM public.customers;
WITH customers AS (SELECT 1 AS id) SELECT * FROM customers JOIN sales.orders USING (id);
WITH RECURSIVE t AS (SELECT id, parent FROM tree WHERE parent IS NULL UNION ALL SELECT c.id, c.parent FROM tree c JOIN t ON c.parent = t.id) SELECT * FROM t;
WITH RECURSIVE tree AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM tree WHERE n < 3) SELECT * FROM tree;
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT id FROM orders) SELECT * FROM a;
WITH x AS MATERIALIZED (SELECT * FROM orders) SELECT * FROM x;
WITH x AS NOT MATERIALIZED (SELECT * FROM orders) SELECT * FROM x JOIN items ON true;
SELECT * FROM (WITH orders AS (SELECT 1 AS id) SELECT * FROM orders) a, orders b;
SELECT (WITH items AS (SELECT 1) SELECT count(*) FROM items), count(*) FROM items;
WITH x AS (WITH y AS (SELECT * FROM orders) SELECT * FROM y) SELECT * FROM x;
SELECT * FROM orders WHERE id IN (WITH orders AS (SELECT order_id FROM invoices) SELECT order_id FROM orders);
WITH gone AS (DELETE FROM orders WHERE total = 0 RETURNING *) SELECT * FROM gone;
WITH gone AS (DELETE FROM orders RETURNING *) INSERT INTO archive SELECT * FROM gone;
WITH new AS (INSERT INTO customers (id) VALUES (9) RETURNING id) INSERT INTO orders (id, customer_id) SELECT 9, id FROM new;
WITH u AS (UPDATE products SET stock = 0 RETURNING sku) SELECT * FROM u JOIN items USING (sku);
WITH RECURSIVE t (id) AS (SELECT 1 UNION ALL SELECT tree.id FROM tree, t) SEARCH DEPTH FIRST BY id SET o CYCLE id SET c USING p SELECT * FROM t LIMIT 1;

-- ## row locks
SELECT * FROM orders FOR UPDATE;
SELECT * FROM orders WHERE id = 1 FOR NO KEY UPDATE NOWAIT;
SELECT * FROM orders FOR SHARE;
SELECT * FROM orders FOR KEY SHARE SKIP LOCKED;
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id FOR UPDATE;
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id FOR UPDATE OF o;
SELECT * FROM orders o, customers c FOR SHARE OF c FOR UPDATE OF o;
SELECT * FROM orders, customers FOR UPDATE OF customers;
SELECT * FROM (SELECT * FROM orders FOR UPDATE) x;
SELECT * FROM orders o LEFT JOIN items i ON i.order_id = o.id FOR UPDATE OF o SKIP LOCKED;
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders) FOR UPDATE;
WITH next AS (SELECT id FROM orders LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE orders SET status = 'x' FROM next WHERE orders.id = next.id;

-- ## inserts
INSERT INTO orders (id) VALUES (10);
INSERT INTO public.orders VALUES (10, 1);
INSERT INTO orders AS o (id) VALUES (10) RETURNING o.id;
INSERT INTO audit DEFAULT VALUES;
INSERT INTO archive SELECT * FROM orders;
INSERT INTO archive TABLE orders;
INSERT INTO archive (id) SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers);
INSERT INTO archive (id, total) SELECT o.id, sum(i.price) FROM orders o JOIN items i ON i.order_id = o.id GROUP BY o.id;
INSERT INTO orders (id, total) VALUES (10, (SELECT max(amount) FROM invoices));
INSERT INTO orders (id) SELECT 10 WHERE NOT EXISTS (SELECT 1 FROM orders WHERE id = 10);
INSERT INTO payments (id, amount) OVERRIDING SYSTEM VALUE VALUES (1, 2);
INSERT INTO products VALUES ('x', 'X') ON CONFLICT DO NOTHING;
INSERT INTO products VALUES ('x', 'X') ON CONFLICT (sku) DO NOTHING;
INSERT INTO products VALUES ('x', 'X') ON CONFLICT (sku) DO UPDATE SET title = excluded.title;
INSERT INTO products AS p VALUES ('x', 'X') ON CONFLICT (sku) DO UPDATE SET stock = p.stock + 1 WHERE p.stock < 5 RETURNING *;
INSERT INTO products VALUES ('x') ON CONFLICT (sku) DO UPDATE SET stock = (SELECT count(*) FROM items);
INSERT INTO products VALUES ('x') ON CONFLICT ON CONSTRAINT products_pkey DO UPDATE SET stock = 0;
WITH c AS (SELECT id FROM customers) INSERT INTO orders (id, customer_id) SELECT 100 + id, id FROM c;
INSERT INTO orders (id) WITH x AS (SELECT 77::bigint AS id) SELECT id FROM x;
INSERT INTO events VALUES ('2026-02-02', 'k', '{}');
INSERT INTO "Mixed Case" VALUES (1, 'x');
INSERT INTO orders (id, tags) VALUES (11, ARRAY['a']), (12, DEFAULT);
INSERT INTO open_orders (id) VALUES (50);
INSERT INTO orders (id) SELECT generate_series(20, 22);

-- ## updates
UPDATE orders SET status = 'x';
UPDATE orders SET status = 'x' WHERE id = 1;
UPDATE orders AS o SET status = 'x' WHERE o.id = 1 RETURNING *;
UPDATE ONLY base SET label = 'x';
UPDATE orders SET (status, total) = ('x', 1);
UPDATE orders SET (status, total) = (SELECT name, 1 FROM customers LIMIT 1);
UPDATE orders SET total = (SELECT sum(price) FROM items WHERE order_id = orders.id);
UPDATE orders SET status = c.country FROM customers c WHERE c.id = orders.customer_id;
UPDATE orders o SET status = 'x' FROM customers c JOIN tree t ON t.id = c.id WHERE c.id = o.customer_id;
UPDATE orders SET status = 'x' FROM (SELECT order_id FROM invoices WHERE paid) p WHERE p.order_id = orders.id;
UPDATE orders SET status = 'x' WHERE id IN (SELECT order_id FROM invoices);
UPDATE orders SET note = note || 'from customers' WHERE note LIKE 'set%';
UPDATE sales.targets SET amount = 0;
UPDATE orders SET doc['a'] = '1', tags[1] = 'x';
WITH x AS (SELECT 1 AS id) UPDATE orders SET total = 0 FROM x WHERE orders.id = x.id;
WITH orders AS (SELECT 1 AS id) UPDATE items SET quantity = 2 FROM orders WHERE items.order_id = orders.id;
UPDATE orders a SET total = b.total FROM orders b WHERE a.id = b.id + 1;
UPDATE open_orders SET total = 1;
UPDATE orders SET status = DEFAULT;

-- ## deletes, truncates
DELETE FROM orders;
DELETE FROM orders WHERE id = 1;
DELETE FROM ONLY base;
DELETE FROM orders AS o WHERE o.id = 1 RETURNING id;
DELETE FROM items USING orders WHERE orders.id = items.order_id;
DELETE FROM items i USING orders o, customers c WHERE o.id = i.order_id AND c.id = o.customer_id;
DELETE FROM items i USING orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = i.order_id;
DELETE FROM orders WHERE id IN (SELECT order_id FROM invoices WHERE paid);
DELETE FROM orders WHERE NOT EXISTS (SELECT 1 FROM items WHERE order_id = orders.id);
WITH old AS (SELECT id FROM archive) DELETE FROM orders USING old WHERE orders.id = old.id;
DELETE FROM events WHERE at < '2025-06-01';
TRUNCATE orders;
TRUNCATE TABLE orders, items RESTART IDENTITY;
TRUNCATE ONLY base CASCADE;
TRUNCATE sales.orders, public.archive;

-- ## merge
MERGE INTO products p USING items i ON p.sku = i.sku WHEN MATCHED THEN UPDATE SET stock = p.stock - i.quantity;
MERGE INTO products p USING items i ON p.sku = i.sku WHEN NOT MATCHED THEN INSERT (sku) VALUES (i.sku);
MERGE INTO products p USING items i ON p.sku = i.sku WHEN MATCHED THEN DELETE;
MERGE INTO products p USING items i ON p.sku = i.sku WHEN MATCHED THEN DO NOTHING;
MERGE INTO products AS p USING (SELECT sku, count(*) AS n FROM items GROUP BY sku) x ON p.sku = x.sku WHEN MATCHED AND x.n > 1 THEN UPDATE SET stock = 0 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (x.sku);
WITH x AS (SELECT sku FROM items) MERGE INTO products USING x ON products.sku = x.sku WHEN NOT MATCHED THEN INSERT (sku) VALUES (x.sku);
MERGE INTO products p USING (VALUES ('z')) v (sku) ON p.sku = v.sku WHEN NOT MATCHED THEN INSERT (sku, stock) VALUES (v.sku, 1);
MERGE INTO products p USING (VALUES ('z')) v (sku) ON p.sku = v.sku WHEN MATCHED AND EXISTS (SELECT 1 FROM archive) THEN UPDATE SET stock = 0;

-- ## copy
COPY orders TO STDOUT;
COPY orders (id, status) TO STDOUT WITH (FORMAT csv, HEADER);
COPY (SELECT * FROM orders JOIN items ON order_id = id) TO STDOUT;
COPY (DELETE FROM items RETURNING *) TO STDOUT;
COPY sales.orders TO STDOUT CSV;

-- ## definitions: tables
CREATE TABLE fresh (id int);
CREATE TABLE IF NOT EXISTS sales.fresh (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x' CHECK (name <> ''));
CREATE UNLOGGED TABLE fresh (id int);
CREATE TABLE fresh (id int REFERENCES customers (id));
CREATE TABLE fresh (id int REFERENCES customers ON DELETE CASCADE ON UPDATE SET NULL);
CREATE TABLE fresh (a bigint, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES items) PARTITION BY LIST (a);
CREATE TABLE fresh (a bigint, FOREIGN KEY (a) REFERENCES public.customers (id) MATCH FULL DEFERRABLE);
CREATE TABLE fresh (id int PRIMARY KEY, parent int REFERENCES fresh);
CREATE TABLE fresh (a bigint REFERENCES customers (id), b text REFERENCES products (sku));
CREATE TABLE fresh AS SELECT * FROM orders;
CREATE TABLE fresh (a, b) AS SELECT id, email FROM customers WITH NO DATA;
CREATE TABLE fresh AS TABLE orders;
CREATE TABLE fresh AS WITH x AS (SELECT * FROM orders) SELECT * FROM x JOIN items ON true;
CREATE TABLE fresh AS VALUES (1);
SELECT * INTO fresh FROM orders;
SELECT id INTO TABLE fresh FROM customers WHERE country = 'de';
CREATE TABLE fresh (LIKE orders);
CREATE TABLE fresh (LIKE orders INCLUDING ALL, extra int);
CREATE TABLE fresh (extra int) INHERITS (base);
CREATE TABLE fresh PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE fresh (id int GENERATED ALWAYS AS IDENTITY, doubled int GENERATED ALWAYS AS (1) STORED);
CREATE TABLE fresh (during tsrange, EXCLUDE USING gist (during WITH &&));
CREATE TABLE fresh (id int) PARTITION BY HASH (id);
CREATE TEMP TABLE orders_copy AS SELECT * FROM orders;
CREATE TEMPORARY TABLE scratch (id int) ON COMMIT DROP;

-- ## definitions: alter and drop
ALTER TABLE orders ADD COLUMN extra int;
ALTER TABLE IF EXISTS ONLY orders ADD extra int DEFAULT 0, DROP COLUMN note;
ALTER TABLE orders ALTER COLUMN total TYPE bigint USING total::bigint;
ALTER TABLE orders ALTER status SET NOT NULL, ALTER status DROP DEFAULT;
ALTER TABLE orders RENAME TO renamed;
ALTER TABLE orders RENAME COLUMN note TO remark;
ALTER TABLE orders RENAME note TO remark;
ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (customer_id) REFERENCES customers (id);
ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE orders ADD COLUMN c2 bigint REFERENCES customers (id);
ALTER TABLE tree ADD FOREIGN KEY (parent) REFERENCES tree (id);
ALTER TABLE orders DROP CONSTRAINT IF EXISTS nothing;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE items DISABLE TRIGGER items_touch;
ALTER TABLE orders SET (fillfactor = 70);
ALTER TABLE orders CLUSTER ON orders_pkey;
ALTER TABLE orders REPLICA IDENTITY FULL;
ALTER TABLE derived NO INHERIT base, INHERIT base;
ALTER TABLE derived NO INHERIT base;
ALTER TABLE events ATTACH PARTITION spare FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
ALTER TABLE events DETACH PARTITION events_2025;
ALTER TABLE sales.targets SET SCHEMA public;
ALTER VIEW open_orders RENAME TO opened;
ALTER MATERIALIZED VIEW totals RENAME TO sums;
DROP TABLE orders CASCADE;
DROP TABLE IF EXISTS items, invoices;
DROP TABLE sales.targets RESTRICT;
DROP VIEW open_orders;
DROP MATERIALIZED VIEW IF EXISTS totals;

-- ## definitions: indexes, triggers, rules, policies
CREATE INDEX ON orders (placed_at);
CREATE UNIQUE INDEX IF NOT EXISTS fresh_index ON public.orders USING btree (lower(note) DESC) INCLUDE (total) WHERE status = 'new';
CREATE INDEX fresh_index ON ONLY events (at);
CREATE TRIGGER t BEFORE INSERT OR UPDATE OF status ON orders FOR EACH ROW WHEN (NEW.total > 0) EXECUTE FUNCTION touch();
CREATE OR REPLACE TRIGGER t AFTER DELETE ON orders REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE PROCEDURE touch();
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON orders DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch();
DROP TRIGGER items_touch ON items;
CREATE RULE r AS ON INSERT TO audit DO ALSO NOTHING;
DROP RULE quiet ON audit;
CREATE POLICY p ON orders FOR SELECT USING (customer_id = 1);
ALTER POLICY mine ON invoices USING (paid);
DROP POLICY mine ON invoices;
COMMENT ON TABLE orders IS 'select * from customers';
COMMENT ON COLUMN orders.note IS 'x';
CREATE STATISTICS s ON status, total FROM orders;
CLUSTER orders USING orders_pkey;
REINDEX TABLE orders;
ANALYZE orders;
REFRESH MATERIALIZED VIEW totals;
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;
LOCK orders, items IN SHARE ROW EXCLUSIVE MODE NOWAIT;
LOCK TABLE ONLY base IN ROW EXCLUSIVE MODE;

-- ## definitions: views
CREATE VIEW fresh AS SELECT * FROM orders;
CREATE OR REPLACE VIEW sales.fresh (a) AS SELECT id FROM orders WHERE status = 'new' WITH CHECK OPTION;
CREATE VIEW fresh AS SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.note IS NULL AND c.name IN (SELECT title FROM products);
CREATE VIEW fresh AS WITH x AS (SELECT * FROM orders) SELECT * FROM x;
CREATE RECURSIVE VIEW fresh (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM fresh WHERE n < 5;
CREATE MATERIALIZED VIEW fresh AS SELECT customer_id, count(*) FROM orders GROUP BY 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fresh AS SELECT * FROM items WITH NO DATA;

-- ## what wraps a statement
EXPLAIN SELECT * FROM orders;
EXPLAIN (ANALYZE, BUFFERS) DELETE FROM orders;
PREPARE p AS SELECT * FROM orders WHERE id = 1;
DECLARE c CURSOR FOR SELECT * FROM orders;
DECLARE c NO SCROLL CURSOR FOR SELECT * FROM customers FOR UPDATE;
DO $$ BEGIN DELETE FROM items; UPDATE orders SET total = 0; END $$;
DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM customers LOOP INSERT INTO audit (what) VALUES (r.name); END LOOP; END $$;
DO $$ BEGIN PERFORM 1 FROM tree; IF EXISTS (SELECT 1 FROM products) THEN DELETE FROM items; END IF; END $$;
DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM orders; EXECUTE 'DELETE FROM invoices'; RETURN; EXCEPTION WHEN others THEN RAISE; END $$;

-- ## routines: their bodies are checked when they run
CREATE FUNCTION fresh() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders';
CREATE FUNCTION fresh() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM orders; $$;
CREATE FUNCTION fresh(n bigint) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM orders WHERE id = n; END;
CREATE OR REPLACE FUNCTION fresh() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN INSERT INTO audit (what) VALUES (TG_OP); RETURN NEW; END $body$;
CREATE PROCEDURE fresh() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM items; COMMIT; END $$;
CREATE FUNCTION fresh() RETURNS SETOF orders LANGUAGE sql AS $$ SELECT * FROM orders $$;

-- ## no tables at all
BEGIN;
SET search_path TO public;
SHOW all;
CREATE SEQUENCE fresh;
CREATE TYPE mood AS ENUM ('from', 'orders');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
DISCARD PLANS;
NOTIFY orders, 'update';
LISTEN customers;
SAVEPOINT orders;
DEALLOCATE ALL;
SELECT relname FROM pg_class;
SELECT table_name FROM information_schema.tables;
SELECT * FROM pg_catalog.pg_stat_activity;
