-- Who signed goes with the shop: of one that is erased, and of no other, a seal may also be emptied.
CREATE OR REPLACE FUNCTION app.require_renewed_seal() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF octet_length(NEW.sealed) = 0 AND app.is_redacted(OLD.shop_id) THEN
    RETURN NEW;
  END IF;
  IF octet_length(NEW.sealed) <> octet_length(OLD.sealed)
    OR substring(NEW.sealed FROM 1 FOR 3) <> substring(OLD.sealed FROM 1 FOR 3)
    OR substring(NEW.sealed FROM 4 FOR 4) <= substring(OLD.sealed FROM 4 FOR 4) THEN
    RAISE EXCEPTION 'a seal may only be renewed under a newer key';
  END IF;
  RETURN NEW;
END $$;
