-- Statements that PostgreSQL judges: see tests/it/judge.rs. A line `-- = …` above a statement lists what it must
-- need; a line `-- ~ …` lists what the server does not ask for at once (a view's tables are checked when it is
-- read, not when it is made). `SNAPSHOTS=overwrite cargo test --test it judge` writes the `=` lines anew.

-- ## plain reads
-- = select orders
SELECT * FROM orders;
-- = select public.orders
SELECT id, status FROM public.orders WHERE total > 10;
-- = select orders
SELECT o.id FROM orders AS o;
-- = select orders
SELECT o.id FROM orders o WHERE o.status = 'new' ORDER BY o.placed_at DESC LIMIT 5 OFFSET 1;
-- = select sales.orders
SELECT count(*) FROM sales.orders;
-- = select "Mixed Case"
SELECT "Order" FROM "Mixed Case";
-- = select customers
TABLE customers;
-- = select orders
SELECT ALL status FROM orders GROUP BY status HAVING count(*) > 1;
-- = select orders
SELECT DISTINCT ON (customer_id) id FROM orders ORDER BY customer_id, id;
-- = select base
SELECT * FROM ONLY base;
-- = select base
SELECT * FROM base *;
-- = select orders
SELECT * FROM orders TABLESAMPLE SYSTEM (10);
-- = select open_orders
SELECT * FROM open_orders;
-- = select totals
SELECT * FROM totals;
-- = select events
SELECT * FROM events;
-- = select events_2026
SELECT * FROM events_2026;
-- = select orders
SELECT extract(year FROM placed_at) FROM orders;
-- = select orders
SELECT substring(note FROM 1 FOR 3), trim(both ' ' FROM note) FROM orders;
-- = select customers
SELECT position('a' IN name), overlay(name placing 'x' FROM 1) FROM customers;
-- = select orders
SELECT total IS DISTINCT FROM 3 FROM orders;
-- = select orders
SELECT id FROM orders WHERE status IN ('new', 'paid') AND placed_at BETWEEN now() - interval '1 day' AND now();
-- = select orders
SELECT id FROM orders WHERE note ILIKE '%from customers%' OR note = 'select * from products';
-- = select orders
SELECT 'a' AS "from", id FROM orders -- FROM products
;
-- = select orders
SELECT /* FROM invoices /* nested FROM items */ */ id FROM orders;
-- = select orders
SELECT $$FROM products$$, $tag$ FROM items $tag$, E'it\'s FROM invoices', U&'FROM' FROM orders;
-- = select orders
SELECT id FROM orders FETCH FIRST 3 ROWS ONLY;
-- = select orders
SELECT rank() OVER (PARTITION BY customer_id ORDER BY total) FROM orders;
-- = select orders
SELECT sum(total) OVER w FROM orders WINDOW w AS (ORDER BY placed_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
-- = select orders
SELECT count(*) FILTER (WHERE status = 'new') FROM orders;
-- = select orders
SELECT customer_id, status, sum(total) FROM orders GROUP BY GROUPING SETS ((customer_id), (status), ());
-- = select orders
SELECT array_agg(id ORDER BY id) FROM orders;
-- = select items
SELECT string_agg(sku, ',' ORDER BY position) FROM items GROUP BY order_id;
-- = select orders
SELECT doc->>'from', doc #>> '{a,b}', doc @> '{}' FROM orders;
-- = select orders
SELECT tags[1:2] FROM orders;
-- = select orders
SELECT (orders).id FROM orders;
-- = select orders
SELECT orders FROM orders;
-- = select orders
SELECT CASE WHEN total > 1 THEN 'from' ELSE 'to' END FROM orders;
-- = select orders
SELECT cast(total AS int), total::text COLLATE "C" FROM orders;
-- = select orders
SELECT double(total) FROM orders;
-- = nothing
VALUES (1), (2);
-- = nothing
SELECT 1;
-- = nothing
SELECT now(), current_user;
-- = nothing
SELECT * FROM generate_series(1, 3) AS orders;
-- = nothing
SELECT * FROM unnest(ARRAY[1, 2]) WITH ORDINALITY AS customers (id, n);
-- = nothing
SELECT * FROM json_to_recordset('[]') AS items (a int, b text);
-- = nothing
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS products;
-- = nothing
SELECT * FROM jsonb_each('{}'::jsonb);
-- = nothing
SELECT nextval('numbers') WHERE false;
-- = nothing
SELECT * FROM (VALUES (1, 'a')) AS orders (id, name);

-- ## joins
-- = select customers, select orders
SELECT * FROM orders, customers;
-- = select customers, select orders
SELECT * FROM orders o, customers c WHERE o.customer_id = c.id;
-- = select customers, select orders
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id;
-- = select customers, select items, select orders
SELECT * FROM orders o INNER JOIN customers c ON c.id = o.customer_id LEFT JOIN items i ON i.order_id = o.id;
-- = select invoices, select orders
SELECT * FROM orders LEFT OUTER JOIN invoices ON invoices.order_id = orders.id;
-- = select invoices, select orders
SELECT * FROM orders RIGHT JOIN invoices ON invoices.order_id = orders.id;
-- = select invoices, select orders
SELECT * FROM orders FULL OUTER JOIN invoices ON invoices.order_id = orders.id;
-- = select orders, select products
SELECT * FROM orders CROSS JOIN products;
-- = select items, select products
SELECT * FROM items NATURAL JOIN products;
-- = select invoices, select orders
SELECT * FROM orders JOIN invoices USING (id) WHERE false OR invoices IS NULL;
-- = select items, select products
SELECT * FROM items JOIN products USING (sku);
-- = select customers, select items, select orders
SELECT * FROM (orders o JOIN customers c ON c.id = o.customer_id) JOIN items i ON i.order_id = o.id;
-- = select customers, select orders, select tree
SELECT * FROM orders o JOIN (customers c JOIN tree t ON t.id = c.id) ON o.customer_id = c.id;
-- = select orders
SELECT a.id FROM orders a JOIN orders b ON a.id = b.id;
-- = select orders, select sales.orders
SELECT * FROM orders JOIN sales.orders s ON s.id = orders.id;
-- = select items, select orders
SELECT * FROM orders o JOIN LATERAL (SELECT * FROM items i WHERE i.order_id = o.id) x ON true;
-- = select invoices, select orders
SELECT * FROM orders o, LATERAL (SELECT max(amount) FROM invoices WHERE order_id = o.id) x;
-- = select orders
SELECT * FROM orders o CROSS JOIN LATERAL unnest(o.tags) AS tag;
-- = select orders
SELECT * FROM orders o, unnest(o.tags) customers;
-- = select orders
SELECT * FROM orders o LEFT JOIN LATERAL jsonb_array_elements(o.doc) AS items ON true;
-- = select tree
SELECT * FROM tree a LEFT JOIN tree b ON a.parent = b.id LEFT JOIN tree c ON b.parent = c.id;

-- ## subqueries
-- = select orders
SELECT * FROM (SELECT id FROM orders) AS customers;
-- = select orders
SELECT * FROM (SELECT * FROM (SELECT id FROM orders) a) b;
-- = select customers, select orders
SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers);
-- = select customers, select orders
SELECT id FROM orders WHERE customer_id NOT IN (SELECT id FROM customers WHERE country = 'de');
-- = select items, select orders
SELECT id FROM orders o WHERE EXISTS (SELECT FROM items i WHERE i.order_id = o.id);
-- = select items, select orders, select products
SELECT id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM items i JOIN products p USING (sku) WHERE i.order_id = o.id);
-- = select items, select orders
SELECT id, (SELECT count(*) FROM items i WHERE i.order_id = o.id) FROM orders o;
-- = select orders
SELECT (SELECT max(id) FROM orders);
-- = select items
SELECT ARRAY(SELECT sku FROM items);
-- = select invoices, select orders
SELECT id FROM orders WHERE total > ALL (SELECT amount FROM invoices);
-- = select invoices, select orders
SELECT id FROM orders WHERE total = ANY (SELECT amount FROM invoices);
-- = select invoices, select orders
SELECT id FROM orders WHERE (id, total) = (SELECT order_id, amount FROM invoices LIMIT 1);
-- = select items, select orders
SELECT id FROM orders ORDER BY (SELECT count(*) FROM items);
-- = select orders, select tree
SELECT id FROM orders LIMIT (SELECT 1 FROM tree LIMIT 1);
-- = select customers, select orders
SELECT coalesce((SELECT name FROM customers c WHERE c.id = o.customer_id), 'none') FROM orders o;
-- = select orders, select sales.targets
SELECT status FROM orders GROUP BY status HAVING sum(total) > (SELECT avg(amount) FROM sales.targets);
-- = select invoices, select payments
SELECT CASE WHEN EXISTS (SELECT 1 FROM invoices) THEN (SELECT 1 FROM payments LIMIT 1) ELSE 0 END;
-- = select customers, select orders
SELECT * FROM customers c WHERE (SELECT count(*) FROM orders WHERE customer_id = c.id) > 1;
-- = select invoices, select items, select orders
SELECT * FROM orders o JOIN items i ON i.order_id = (SELECT min(order_id) FROM invoices) AND i.order_id = o.id;

-- ## set operations
-- = select customers, select orders
SELECT id FROM orders UNION SELECT id FROM customers;
-- = select archive, select orders
SELECT id FROM orders UNION ALL SELECT id FROM archive ORDER BY 1;
-- = select invoices, select orders
SELECT id FROM orders INTERSECT SELECT order_id FROM invoices;
-- = select items, select orders
SELECT id FROM orders EXCEPT ALL SELECT order_id FROM items;
-- = select invoices, select orders
(SELECT id FROM orders LIMIT 1) UNION (SELECT id FROM invoices LIMIT 1);
-- = select archive, select orders
TABLE orders UNION ALL TABLE archive;
-- = select archive, select orders
SELECT * FROM (SELECT id FROM orders UNION SELECT id FROM archive) x;
-- = select customers
SELECT id FROM customers UNION VALUES (1::bigint);

-- ## with
-- = select orders
WITH recent AS (SELECT * FROM orders) SELECT * FROM recent;
-- = select archive
WITH orders AS (SELECT * FROM archive) SELECT * FROM orders;
-- = select orders
WITH orders AS (SELECT * FROM orders) SELECT * FROM orders;
-- = select orders
WITH a AS (SELECT id FROM orders), b AS (SELECT * FROM a) SELECT * FROM b;
-- = select customers
WITH a AS (SELECT 1), b AS (SELECT * FROM customers) SELECT * FROM b;
-- = nothing
WITH customers (id) AS (VALUES (1)) SELECT * FROM customers;
-- = select public.customers
WITH customers AS (SELECT 1 AS id) SELECT * FROM public.customers;
-- = select sales.orders
WITH customers AS (SELECT 1 AS id) SELECT * FROM customers JOIN sales.orders USING (id);
-- = select tree
WITH RECURSIVE t AS (SELECT id, parent FROM tree WHERE parent IS NULL UNION ALL SELECT c.id, c.parent FROM tree c JOIN t ON c.parent = t.id) SELECT * FROM t;
-- = nothing
WITH RECURSIVE tree AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM tree WHERE n < 3) SELECT * FROM tree;
-- = select orders
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT id FROM orders) SELECT * FROM a;
-- = select orders
WITH x AS MATERIALIZED (SELECT * FROM orders) SELECT * FROM x;
-- = select items, select orders
WITH x AS NOT MATERIALIZED (SELECT * FROM orders) SELECT * FROM x JOIN items ON true;
-- = select orders
SELECT * FROM (WITH orders AS (SELECT 1 AS id) SELECT * FROM orders) a, orders b;
-- = select items
SELECT (WITH items AS (SELECT 1) SELECT count(*) FROM items), count(*) FROM items;
-- = select orders
WITH x AS (WITH y AS (SELECT * FROM orders) SELECT * FROM y) SELECT * FROM x;
-- = select invoices, select orders
SELECT * FROM orders WHERE id IN (WITH orders AS (SELECT order_id FROM invoices) SELECT order_id FROM orders);
-- = delete orders
WITH gone AS (DELETE FROM orders WHERE total = 0 RETURNING *) SELECT * FROM gone;
-- = insert archive, delete orders
WITH gone AS (DELETE FROM orders RETURNING *) INSERT INTO archive SELECT * FROM gone;
-- = insert customers, insert orders
WITH new AS (INSERT INTO customers (id) VALUES (9) RETURNING id) INSERT INTO orders (id, customer_id) SELECT 9, id FROM new;
-- = select items, update products
WITH u AS (UPDATE products SET stock = 0 RETURNING sku) SELECT * FROM u JOIN items USING (sku);
-- = select tree
WITH RECURSIVE t (id) AS (SELECT 1 UNION ALL SELECT tree.id FROM tree, t) SEARCH DEPTH FIRST BY id SET o CYCLE id SET c USING p SELECT * FROM t LIMIT 1;

-- ## row locks
-- = select orders, update orders
SELECT * FROM orders FOR UPDATE;
-- = select orders, update orders
SELECT * FROM orders WHERE id = 1 FOR NO KEY UPDATE NOWAIT;
-- = select orders, update orders
SELECT * FROM orders FOR SHARE;
-- = select orders, update orders
SELECT * FROM orders FOR KEY SHARE SKIP LOCKED;
-- = select customers, select orders, update customers, update orders
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id FOR UPDATE;
-- = select customers, select orders, update orders
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id FOR UPDATE OF o;
-- = select customers, select orders, update customers, update orders
SELECT * FROM orders o, customers c FOR SHARE OF c FOR UPDATE OF o;
-- = select customers, select orders, update customers
SELECT * FROM orders, customers FOR UPDATE OF customers;
-- = select orders, update orders
SELECT * FROM (SELECT * FROM orders FOR UPDATE) x;
-- = select items, select orders, update orders
SELECT * FROM orders o LEFT JOIN items i ON i.order_id = o.id FOR UPDATE OF o SKIP LOCKED;
-- = select customers, select orders, update customers
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders) FOR UPDATE;
-- = select orders, update orders
WITH next AS (SELECT id FROM orders LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE orders SET status = 'x' FROM next WHERE orders.id = next.id;

-- ## inserts
-- = insert orders
INSERT INTO orders (id) VALUES (10);
-- = insert public.orders
INSERT INTO public.orders VALUES (10, 1);
-- = insert orders
INSERT INTO orders AS o (id) VALUES (10) RETURNING o.id;
-- = insert audit
INSERT INTO audit DEFAULT VALUES;
-- = select orders, insert archive
INSERT INTO archive SELECT * FROM orders;
-- = select orders, insert archive
INSERT INTO archive TABLE orders;
-- = select customers, select orders, insert archive
INSERT INTO archive (id) SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers);
-- = select items, select orders, insert archive
INSERT INTO archive (id, total) SELECT o.id, sum(i.price) FROM orders o JOIN items i ON i.order_id = o.id GROUP BY o.id;
-- = select invoices, insert orders
INSERT INTO orders (id, total) VALUES (10, (SELECT max(amount) FROM invoices));
-- = select orders, insert orders
INSERT INTO orders (id) SELECT 10 WHERE NOT EXISTS (SELECT 1 FROM orders WHERE id = 10);
-- = insert payments
INSERT INTO payments (id, amount) OVERRIDING SYSTEM VALUE VALUES (1, 2);
-- = insert products
INSERT INTO products VALUES ('x', 'X') ON CONFLICT DO NOTHING;
-- = insert products
INSERT INTO products VALUES ('x', 'X') ON CONFLICT (sku) DO NOTHING;
-- = insert products, update products
INSERT INTO products VALUES ('x', 'X') ON CONFLICT (sku) DO UPDATE SET title = excluded.title;
-- = insert products, update products
INSERT INTO products AS p VALUES ('x', 'X') ON CONFLICT (sku) DO UPDATE SET stock = p.stock + 1 WHERE p.stock < 5 RETURNING *;
-- = select items, insert products, update products
INSERT INTO products VALUES ('x') ON CONFLICT (sku) DO UPDATE SET stock = (SELECT count(*) FROM items);
-- = insert products, update products
INSERT INTO products VALUES ('x') ON CONFLICT ON CONSTRAINT products_pkey DO UPDATE SET stock = 0;
-- = select customers, insert orders
WITH c AS (SELECT id FROM customers) INSERT INTO orders (id, customer_id) SELECT 100 + id, id FROM c;
-- = insert orders
INSERT INTO orders (id) WITH x AS (SELECT 77::bigint AS id) SELECT id FROM x;
-- = insert events
INSERT INTO events VALUES ('2026-02-02', 'k', '{}');
-- = insert "Mixed Case"
INSERT INTO "Mixed Case" VALUES (1, 'x');
-- = insert orders
INSERT INTO orders (id, tags) VALUES (11, ARRAY['a']), (12, DEFAULT);
-- = insert open_orders
INSERT INTO open_orders (id) VALUES (50);
-- = insert orders
INSERT INTO orders (id) SELECT generate_series(20, 22);

-- ## updates
-- = update orders
UPDATE orders SET status = 'x';
-- = update orders
UPDATE orders SET status = 'x' WHERE id = 1;
-- = update orders
UPDATE orders AS o SET status = 'x' WHERE o.id = 1 RETURNING *;
-- = update base
UPDATE ONLY base SET label = 'x';
-- = update orders
UPDATE orders SET (status, total) = ('x', 1);
-- = select customers, update orders
UPDATE orders SET (status, total) = (SELECT name, 1 FROM customers LIMIT 1);
-- = select items, update orders
UPDATE orders SET total = (SELECT sum(price) FROM items WHERE order_id = orders.id);
-- = select customers, update orders
UPDATE orders SET status = c.country FROM customers c WHERE c.id = orders.customer_id;
-- = select customers, select tree, update orders
UPDATE orders o SET status = 'x' FROM customers c JOIN tree t ON t.id = c.id WHERE c.id = o.customer_id;
-- = select invoices, update orders
UPDATE orders SET status = 'x' FROM (SELECT order_id FROM invoices WHERE paid) p WHERE p.order_id = orders.id;
-- = select invoices, update orders
UPDATE orders SET status = 'x' WHERE id IN (SELECT order_id FROM invoices);
-- = update orders
UPDATE orders SET note = note || 'from customers' WHERE note LIKE 'set%';
-- = update sales.targets
UPDATE sales.targets SET amount = 0;
-- = update orders
UPDATE orders SET doc['a'] = '1', tags[1] = 'x';
-- = update orders
WITH x AS (SELECT 1 AS id) UPDATE orders SET total = 0 FROM x WHERE orders.id = x.id;
-- = update items
WITH orders AS (SELECT 1 AS id) UPDATE items SET quantity = 2 FROM orders WHERE items.order_id = orders.id;
-- = select orders, update orders
UPDATE orders a SET total = b.total FROM orders b WHERE a.id = b.id + 1;
-- = update open_orders
UPDATE open_orders SET total = 1;
-- = update orders
UPDATE orders SET status = DEFAULT;

-- ## deletes, truncates
-- = delete orders
DELETE FROM orders;
-- = delete orders
DELETE FROM orders WHERE id = 1;
-- = delete base
DELETE FROM ONLY base;
-- = delete orders
DELETE FROM orders AS o WHERE o.id = 1 RETURNING id;
-- = select orders, delete items
DELETE FROM items USING orders WHERE orders.id = items.order_id;
-- = select customers, select orders, delete items
DELETE FROM items i USING orders o, customers c WHERE o.id = i.order_id AND c.id = o.customer_id;
-- = select customers, select orders, delete items
DELETE FROM items i USING orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = i.order_id;
-- = select invoices, delete orders
DELETE FROM orders WHERE id IN (SELECT order_id FROM invoices WHERE paid);
-- = select items, delete orders
DELETE FROM orders WHERE NOT EXISTS (SELECT 1 FROM items WHERE order_id = orders.id);
-- = select archive, delete orders
WITH old AS (SELECT id FROM archive) DELETE FROM orders USING old WHERE orders.id = old.id;
-- = delete events
DELETE FROM events WHERE at < '2025-06-01';
-- = truncate orders
TRUNCATE orders;
-- = truncate items, truncate orders
TRUNCATE TABLE orders, items RESTART IDENTITY;
-- = truncate base
TRUNCATE ONLY base CASCADE;
-- = truncate public.archive, truncate sales.orders
TRUNCATE sales.orders, public.archive;

-- ## merge
-- = select items, update products
MERGE INTO products p USING items i ON p.sku = i.sku WHEN MATCHED THEN UPDATE SET stock = p.stock - i.quantity;
-- = select items, insert products
MERGE INTO products p USING items i ON p.sku = i.sku WHEN NOT MATCHED THEN INSERT (sku) VALUES (i.sku);
-- = select items, delete products
MERGE INTO products p USING items i ON p.sku = i.sku WHEN MATCHED THEN DELETE;
-- = select items, select products
MERGE INTO products p USING items i ON p.sku = i.sku WHEN MATCHED THEN DO NOTHING;
-- = select items, insert products, update products, delete products
MERGE INTO products AS p USING (SELECT sku, count(*) AS n FROM items GROUP BY sku) x ON p.sku = x.sku WHEN MATCHED AND x.n > 1 THEN UPDATE SET stock = 0 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (x.sku);
-- = select items, insert products
WITH x AS (SELECT sku FROM items) MERGE INTO products USING x ON products.sku = x.sku WHEN NOT MATCHED THEN INSERT (sku) VALUES (x.sku);
-- = insert products
MERGE INTO products p USING (VALUES ('z')) v (sku) ON p.sku = v.sku WHEN NOT MATCHED THEN INSERT (sku, stock) VALUES (v.sku, 1);
-- = select archive, update products
MERGE INTO products p USING (VALUES ('z')) v (sku) ON p.sku = v.sku WHEN MATCHED AND EXISTS (SELECT 1 FROM archive) THEN UPDATE SET stock = 0;

-- ## copy
-- = select orders
COPY orders TO STDOUT;
-- = select orders
COPY orders (id, status) TO STDOUT WITH (FORMAT csv, HEADER);
-- = select items, select orders
COPY (SELECT * FROM orders JOIN items ON order_id = id) TO STDOUT;
-- = delete items
COPY (DELETE FROM items RETURNING *) TO STDOUT;
-- = select sales.orders
COPY sales.orders TO STDOUT CSV;

-- ## definitions: tables
-- = create fresh
CREATE TABLE fresh (id int);
-- = create sales.fresh
CREATE TABLE IF NOT EXISTS sales.fresh (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x' CHECK (name <> ''));
-- = create fresh
CREATE UNLOGGED TABLE fresh (id int);
-- = references customers, create fresh
CREATE TABLE fresh (id int REFERENCES customers (id));
-- = references customers, create fresh
CREATE TABLE fresh (id int REFERENCES customers ON DELETE CASCADE ON UPDATE SET NULL);
-- = references items, create fresh
CREATE TABLE fresh (a bigint, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES items) PARTITION BY LIST (a);
-- = references public.customers, create fresh
CREATE TABLE fresh (a bigint, FOREIGN KEY (a) REFERENCES public.customers (id) MATCH FULL DEFERRABLE);
-- = references fresh, create fresh
CREATE TABLE fresh (id int PRIMARY KEY, parent int REFERENCES fresh);
-- = references customers, references products, create fresh
CREATE TABLE fresh (a bigint REFERENCES customers (id), b text REFERENCES products (sku));
-- = select orders, create fresh
CREATE TABLE fresh AS SELECT * FROM orders;
-- ~ select customers
-- = select customers, create fresh
CREATE TABLE fresh (a, b) AS SELECT id, email FROM customers WITH NO DATA;
-- = select orders, create fresh
CREATE TABLE fresh AS TABLE orders;
-- = select items, select orders, create fresh
CREATE TABLE fresh AS WITH x AS (SELECT * FROM orders) SELECT * FROM x JOIN items ON true;
-- = create fresh
CREATE TABLE fresh AS VALUES (1);
-- = select orders, create fresh
SELECT * INTO fresh FROM orders;
-- = select customers, create fresh
SELECT id INTO TABLE fresh FROM customers WHERE country = 'de';
-- = select orders, create fresh
CREATE TABLE fresh (LIKE orders);
-- = select orders, create fresh
CREATE TABLE fresh (LIKE orders INCLUDING ALL, extra int);
-- = create fresh, alter base
CREATE TABLE fresh (extra int) INHERITS (base);
-- = create fresh, alter events
CREATE TABLE fresh PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- = create fresh
CREATE TABLE fresh (id int GENERATED ALWAYS AS IDENTITY, doubled int GENERATED ALWAYS AS (1) STORED);
-- = create fresh
CREATE TABLE fresh (during tsrange, EXCLUDE USING gist (during WITH &&));
-- = create fresh
CREATE TABLE fresh (id int) PARTITION BY HASH (id);
-- = select orders
CREATE TEMP TABLE orders_copy AS SELECT * FROM orders;
-- = nothing
CREATE TEMPORARY TABLE scratch (id int) ON COMMIT DROP;

-- ## definitions: alter and drop
-- = alter orders
ALTER TABLE orders ADD COLUMN extra int;
-- = alter orders
ALTER TABLE IF EXISTS ONLY orders ADD extra int DEFAULT 0, DROP COLUMN note;
-- = alter items
ALTER TABLE items ALTER COLUMN price TYPE bigint USING price::bigint;
-- = alter orders
ALTER TABLE orders ALTER status SET NOT NULL, ALTER status DROP DEFAULT;
-- = alter orders
ALTER TABLE orders RENAME TO renamed;
-- = alter orders
ALTER TABLE orders RENAME COLUMN note TO remark;
-- = alter orders
ALTER TABLE orders RENAME note TO remark;
-- = alter orders
ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0) NOT VALID;
-- = references customers, alter orders
ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (customer_id) REFERENCES customers (id);
-- = references orders, alter items
ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders;
-- = references customers, alter orders
ALTER TABLE orders ADD COLUMN c2 bigint REFERENCES customers (id);
-- = references tree, alter tree
ALTER TABLE tree ADD FOREIGN KEY (parent) REFERENCES tree (id);
-- = alter orders
ALTER TABLE orders DROP CONSTRAINT IF EXISTS nothing;
-- = alter orders
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
-- = alter items
ALTER TABLE items DISABLE TRIGGER items_touch;
-- = alter orders
ALTER TABLE orders SET (fillfactor = 70);
-- = alter orders
ALTER TABLE orders CLUSTER ON orders_pkey;
-- = alter orders
ALTER TABLE orders REPLICA IDENTITY FULL;
-- = alter base, alter derived
ALTER TABLE derived NO INHERIT base, INHERIT base;
-- ~ alter base
-- = alter base, alter derived
ALTER TABLE derived NO INHERIT base;
-- = alter events, alter spare
ALTER TABLE events ATTACH PARTITION spare FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
-- ~ alter events_2025
-- = alter events, alter events_2025
ALTER TABLE events DETACH PARTITION events_2025;
-- = alter sales.targets
ALTER TABLE sales.targets SET SCHEMA public;
-- = alter open_orders
ALTER VIEW open_orders RENAME TO opened;
-- = alter totals
ALTER MATERIALIZED VIEW totals RENAME TO sums;
-- = drop orders
DROP TABLE orders CASCADE;
-- = drop invoices, drop items
DROP TABLE IF EXISTS items, invoices;
-- = drop sales.targets
DROP TABLE sales.targets RESTRICT;
-- = drop open_orders
DROP VIEW open_orders;
-- = drop totals
DROP MATERIALIZED VIEW IF EXISTS totals;

-- ## definitions: indexes, triggers, rules, policies
-- = alter orders
CREATE INDEX ON orders (placed_at);
-- = alter public.orders
CREATE UNIQUE INDEX IF NOT EXISTS fresh_index ON public.orders USING btree (lower(note) DESC) INCLUDE (total) WHERE status = 'new';
-- = alter events
CREATE INDEX fresh_index ON ONLY events (at);
-- = trigger orders
CREATE TRIGGER t BEFORE INSERT OR UPDATE OF status ON orders FOR EACH ROW WHEN (NEW.total > 0) EXECUTE FUNCTION touch();
-- = trigger orders
CREATE OR REPLACE TRIGGER t AFTER DELETE ON orders REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE PROCEDURE touch();
-- = trigger orders
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON orders DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch();
-- = alter items
DROP TRIGGER items_touch ON items;
-- = alter audit
CREATE RULE r AS ON INSERT TO audit DO ALSO NOTHING;
-- = alter audit
DROP RULE quiet ON audit;
-- = alter orders
CREATE POLICY p ON orders FOR SELECT USING (customer_id = 1);
-- = alter invoices
ALTER POLICY mine ON invoices USING (paid);
-- = alter invoices
DROP POLICY mine ON invoices;
-- = alter orders
COMMENT ON TABLE orders IS 'select * from customers';
-- = alter orders
COMMENT ON COLUMN orders.note IS 'x';
-- = alter orders
CREATE STATISTICS s ON status, total FROM orders;
-- = alter orders
CLUSTER orders USING orders_pkey;
-- = alter orders
REINDEX TABLE orders;
-- ~ alter orders
-- = alter orders
ANALYZE orders;
-- + select orders
-- = alter totals
REFRESH MATERIALIZED VIEW totals;
-- + select orders
-- = alter totals
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
-- = update orders
LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;
-- = update items, update orders
LOCK orders, items IN SHARE ROW EXCLUSIVE MODE NOWAIT;
-- = update base
LOCK TABLE ONLY base IN ROW EXCLUSIVE MODE;

-- ## definitions: views
-- ~ select orders
-- = select orders, create fresh
CREATE VIEW fresh AS SELECT * FROM orders;
-- ~ select orders
-- = select orders, create sales.fresh
CREATE OR REPLACE VIEW sales.fresh (a) AS SELECT id FROM orders WHERE status = 'new' WITH CHECK OPTION;
-- ~ select customers, select orders, select products
-- = select customers, select orders, select products, create fresh
CREATE VIEW fresh AS SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.note IS NULL AND c.name IN (SELECT title FROM products);
-- ~ select orders
-- = select orders, create fresh
CREATE VIEW fresh AS WITH x AS (SELECT * FROM orders) SELECT * FROM x;
-- = create fresh
CREATE RECURSIVE VIEW fresh (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM fresh WHERE n < 5;
-- = select orders, create fresh
CREATE MATERIALIZED VIEW fresh AS SELECT customer_id, count(*) FROM orders GROUP BY 1;
-- ~ select items
-- = select items, create fresh
CREATE MATERIALIZED VIEW IF NOT EXISTS fresh AS SELECT * FROM items WITH NO DATA;

-- ## what wraps a statement
-- = select orders
EXPLAIN SELECT * FROM orders;
-- = delete orders
EXPLAIN (ANALYZE, BUFFERS) DELETE FROM orders;
-- ~ select orders
-- = select orders
PREPARE p AS SELECT * FROM orders WHERE id = 1;
-- = select orders
DECLARE c CURSOR FOR SELECT * FROM orders;
-- = select customers, update customers
DECLARE c NO SCROLL CURSOR FOR SELECT * FROM customers FOR UPDATE;
-- = update orders, delete items
DO $$ BEGIN DELETE FROM items; UPDATE orders SET total = 0; END $$;
-- = select customers, insert audit
DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM customers LOOP INSERT INTO audit (what) VALUES (r.name); END LOOP; END $$;
-- = select products, select tree, delete items
DO $$ BEGIN PERFORM 1 FROM tree; IF EXISTS (SELECT 1 FROM products) THEN DELETE FROM items; END IF; END $$;
-- = select orders, delete invoices
DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM orders; EXECUTE 'DELETE FROM invoices'; RETURN; EXCEPTION WHEN others THEN RAISE; END $$;

-- ## routines: their bodies are checked when they run
-- ~ select orders
-- = select orders
CREATE FUNCTION fresh() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders';
-- ~ select orders
-- = select orders
CREATE FUNCTION fresh() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM orders; $$;
-- ~ select orders
-- = select orders
CREATE FUNCTION fresh(n bigint) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM orders WHERE id = n; END;
-- ~ insert audit
-- = insert audit
CREATE OR REPLACE FUNCTION fresh() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN INSERT INTO audit (what) VALUES (TG_OP); RETURN NEW; END $body$;
-- ~ delete items
-- = delete items
CREATE PROCEDURE fresh() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM items; COMMIT; END $$;
-- ~ select orders
-- = select orders
CREATE FUNCTION fresh() RETURNS SETOF orders LANGUAGE sql AS $$ SELECT * FROM orders $$;

-- ## no tables at all
-- = nothing
BEGIN;
-- = nothing
SET search_path TO public;
-- = nothing
SHOW all;
-- = nothing
CREATE SEQUENCE fresh;
-- = nothing
CREATE TYPE mood AS ENUM ('from', 'orders');
-- = nothing
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
-- = nothing
DISCARD PLANS;
-- = nothing
NOTIFY orders, 'update';
-- = nothing
LISTEN customers;
-- = nothing
SAVEPOINT orders;
-- = nothing
DEALLOCATE ALL;
-- = nothing
SELECT relname FROM pg_class;
-- = nothing
SELECT table_name FROM information_schema.tables;
-- = nothing
SELECT * FROM pg_catalog.pg_stat_activity;

-- ## copy, inwards
-- = insert orders
COPY orders FROM STDIN;
-- = insert orders
COPY orders (id, status) FROM STDIN WITH (FORMAT csv, HEADER);
-- = insert sales.targets
COPY sales.targets FROM STDIN WHERE amount > 0;
-- = insert audit
COPY (INSERT INTO audit (what) VALUES ('x') RETURNING what) TO STDOUT;
-- = select items, update products
COPY (UPDATE products SET stock = 0 FROM items WHERE products.sku = items.sku RETURNING title) TO STDOUT;
-- = select customers
COPY (TABLE customers) TO STDOUT;
-- = nothing
COPY (VALUES (1), (2)) TO STDOUT;

-- ## foreign tables
-- = create fresh
CREATE FOREIGN TABLE fresh (id int) SERVER far;
-- = create fresh
CREATE FOREIGN TABLE fresh (at date, kind text, payload jsonb) SERVER far OPTIONS (schema_name 'x', table_name 'orders');
-- = alter remote
ALTER FOREIGN TABLE remote ADD COLUMN note text;
-- = alter remote
ALTER FOREIGN TABLE remote RENAME TO remote_2;
-- = drop remote
DROP FOREIGN TABLE remote;
-- = alter remote
COMMENT ON FOREIGN TABLE remote IS 'FROM orders';
-- = select remote, create fresh
CREATE TABLE fresh (LIKE remote);

-- ## indexes, triggers, rules and policies, further
-- = alter customers
CREATE UNIQUE INDEX fresh ON customers USING btree (lower(email)) INCLUDE (name) WHERE country = 'de';
-- = alter sales.orders
CREATE INDEX fresh ON sales.orders ((amount * 2) DESC NULLS LAST);
-- = alter events
CREATE INDEX IF NOT EXISTS fresh ON ONLY events (kind);
-- = trigger open_orders
CREATE TRIGGER t INSTEAD OF UPDATE ON open_orders FOR EACH ROW EXECUTE FUNCTION touch();
-- = trigger orders
CREATE TRIGGER t AFTER UPDATE ON orders REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION touch();
-- = trigger sales.targets
CREATE OR REPLACE TRIGGER t BEFORE DELETE ON sales.targets FOR EACH ROW WHEN (OLD.amount > 0) EXECUTE FUNCTION touch();
-- = alter items
ALTER TRIGGER items_touch ON items RENAME TO touched;
-- = alter items
ALTER TABLE items DISABLE TRIGGER items_touch;
-- = alter invoices
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- ~ update orders
-- = update orders, alter open_orders
CREATE RULE r AS ON UPDATE TO open_orders DO INSTEAD UPDATE orders SET total = NEW.total WHERE id = OLD.id;
-- ~ insert tree, delete spare
-- = insert tree, delete spare, alter audit
CREATE RULE r AS ON INSERT TO audit WHERE NEW.what IS NULL DO ALSO (DELETE FROM spare; INSERT INTO tree (id) VALUES (9));
-- ~ select customers
-- = select customers, alter orders
CREATE POLICY p ON orders FOR ALL USING (EXISTS (SELECT 1 FROM customers c WHERE c.id = customer_id)) WITH CHECK (total > 0);

-- ## grants and labels
-- = alter orders
GRANT SELECT, UPDATE (note) ON orders TO PUBLIC;
-- = alter orders, alter sales.targets
GRANT ALL PRIVILEGES ON TABLE orders, sales.targets TO PUBLIC;
-- = alter customers
REVOKE INSERT ON customers FROM PUBLIC CASCADE;
-- = alter open_orders
GRANT SELECT ON open_orders TO PUBLIC;
-- = alter open_orders
COMMENT ON VIEW open_orders IS 'x';
-- = alter items
COMMENT ON TRIGGER items_touch ON items IS 'x';
-- = alter invoices
COMMENT ON POLICY mine ON invoices IS 'x';
-- = alter orders
COMMENT ON CONSTRAINT orders_pkey ON orders IS 'x';

-- ## locks of rows, further
-- = select items, select orders, update items
SELECT * FROM orders, items FOR UPDATE OF items SKIP LOCKED;
-- = select customers, select orders, update customers, update orders
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id FOR NO KEY UPDATE OF o FOR KEY SHARE OF c;
-- = select orders, update orders
SELECT * FROM (SELECT * FROM orders) s FOR UPDATE;
-- = select items, select orders, update orders
WITH x AS (SELECT * FROM orders FOR SHARE) SELECT * FROM x, items;
-- = select open_orders, update open_orders
SELECT * FROM open_orders FOR UPDATE NOWAIT;

-- ## bodies that run
-- = select orders, update tree
DO $$ DECLARE c CURSOR FOR SELECT id FROM orders; BEGIN FOR r IN c LOOP UPDATE tree SET name = 'x' WHERE id = r.id; END LOOP; END $$;
-- = select customers, insert audit
DO $$ BEGIN EXECUTE 'INSERT INTO audit (what) SELECT name FROM ' || 'customers'; END $$;
-- = select items, select sales.targets
DO $$ DECLARE n bigint := (SELECT count(*) FROM items); BEGIN IF n > 0 AND NOT EXISTS (SELECT 1 FROM sales.targets) THEN RAISE NOTICE '%', n; END IF; END $$;
-- = select products
DO $$ <<outer_block>> DECLARE s text; BEGIN <<each_one>> FOREACH s IN ARRAY ARRAY(SELECT sku FROM products) LOOP CONTINUE each_one WHEN s = 'x'; END LOOP; END $$;
-- = select invoices, delete payments
DO $$ DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT * FROM invoices' LOOP DELETE FROM payments WHERE invoice_id = r.id; END LOOP; END $$;
-- = select items, select orders, select products
DO $$ BEGIN PERFORM count(*) FROM orders; PERFORM 1 FROM items WHERE quantity = (SELECT max(stock) FROM products); END $$;
-- ~ truncate spare
-- = select tree, delete base, truncate spare
DO $$ BEGIN CASE WHEN (SELECT true FROM tree LIMIT 1) THEN TRUNCATE spare; ELSE DELETE FROM base; END CASE; END $$;
