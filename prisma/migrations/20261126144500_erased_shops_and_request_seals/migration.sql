-- That a shop is erased opens all of it to deletion, its access log as well. So the mark is put on a shop only where erasing it
-- has begun in fact: the app is gone, a request to erase it is being worked on, and no key of the shop is left. And it is taken
-- off only by a new installation, when nothing is being deleted any more.
CREATE FUNCTION app.keep_erased_mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  is_being_erased boolean;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'a shop stays the shop it is' USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF (TG_OP = 'UPDATE' AND (NEW.status = 'redacted') = (OLD.status = 'redacted')) OR (TG_OP = 'INSERT' AND NEW.status <> 'redacted') THEN
    RETURN NEW;
  END IF;
  is_being_erased := EXISTS (
    SELECT FROM app.privacy_requests r WHERE r.shop_id = NEW.id AND r.kind = 'shop-erasure' AND r.state = 'working');
  IF TG_OP = 'UPDATE' AND OLD.status = 'redacted' AND NEW.status = 'installed' AND NOT is_being_erased THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.status = 'redacted' AND OLD.status IN ('known', 'uninstalled') AND is_being_erased
    AND NOT EXISTS (SELECT FROM keys.shop_keys k WHERE k.shop_id = NEW.id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a shop is marked as erased only when it is' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;
REVOKE ALL ON FUNCTION app.keep_erased_mark() FROM PUBLIC;
CREATE TRIGGER erased_mark BEFORE INSERT OR UPDATE ON app.shops FOR EACH ROW EXECUTE FUNCTION app.keep_erased_mark();
ALTER TABLE app.shops ENABLE ALWAYS TRIGGER erased_mark;

-- Whom a request is about is sealed when it is recorded. From then on the seal is renewed and nothing else, as that of an
-- acceptance is: not exchanged for another, not put where there was none, not taken away (its key is, with the request).
CREATE OR REPLACE FUNCTION app.require_renewed_seal() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF octet_length(NEW.sealed) = 0 AND app.is_redacted(OLD.shop_id) THEN
    RETURN NEW;
  END IF;
  IF NEW.sealed IS NULL OR OLD.sealed IS NULL
    OR octet_length(NEW.sealed) <> octet_length(OLD.sealed)
    OR substring(NEW.sealed FROM 1 FOR 3) <> substring(OLD.sealed FROM 1 FOR 3)
    OR substring(NEW.sealed FROM 4 FOR 4) <= substring(OLD.sealed FROM 4 FOR 4) THEN
    RAISE EXCEPTION 'a seal may only be renewed under a newer key';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER renewed_seals BEFORE UPDATE OF sealed ON app.privacy_requests
  FOR EACH ROW WHEN (NEW.sealed IS DISTINCT FROM OLD.sealed) EXECUTE FUNCTION app.require_renewed_seal();
