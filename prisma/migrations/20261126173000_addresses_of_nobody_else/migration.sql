-- A request may name somebody by nothing but an address. Then everybody who has it in their profile is meant, known or not yet.
ALTER TABLE app.tombstones DROP CONSTRAINT tombstones_kind;
ALTER TABLE app.tombstones
  ADD CONSTRAINT tombstones_kind CHECK (kind IN ('customer', 'email', 'address', 'order', 'cart', 'checkout'));
