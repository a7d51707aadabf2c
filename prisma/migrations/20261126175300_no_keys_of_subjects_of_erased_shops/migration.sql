-- A program that still remembers the keys of a shop which was erased a moment ago would wrap new keys with one that is gone:
-- they open nothing, and what they sealed would lie there. It is refused, loudly; and the erasure waits for whoever was first.
CREATE FUNCTION keys.refuse_erased_shops() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  PERFORM FROM app.shops s WHERE s.id IN (SELECT a.shop_id FROM added a) FOR KEY SHARE;
  IF EXISTS (SELECT FROM app.shops s WHERE s.id IN (SELECT a.shop_id FROM added a) AND s.status = 'redacted') THEN
    RAISE EXCEPTION 'the shop was erased' USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keys.refuse_erased_shops() FROM PUBLIC;
CREATE TRIGGER of_living_shops AFTER INSERT ON keys.subject_keys
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_erased_shops();
