-- Whether a seal is the same one under a newer key: same scope, same size, a greater version.
CREATE FUNCTION app.is_renewed_seal(was bytea, is_now bytea) RETURNS boolean
  LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
  SELECT coalesce(
    octet_length(is_now) = octet_length(was) AND substring(is_now FROM 1 FOR 3) = substring(was FROM 1 FOR 3)
      AND substring(is_now FROM 4 FOR 4) > substring(was FROM 4 FOR 4), false)
$$;
REVOKE ALL ON FUNCTION app.is_renewed_seal(bytea, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.is_renewed_seal(bytea, bytea) TO ci_app;

CREATE OR REPLACE FUNCTION app.require_renewed_seal() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF app.is_renewed_seal(OLD.sealed, NEW.sealed) OR (octet_length(NEW.sealed) = 0 AND app.is_redacted(OLD.shop_id)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a seal may only be renewed under a newer key';
END $$;

-- What an erasure has to look for is sealed with its run: written anew while the erasure is worked on, let go when it is done.
CREATE FUNCTION app.keep_run_seal() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF app.is_renewed_seal(OLD.sealed, NEW.sealed) OR EXISTS (
    SELECT FROM app.privacy_requests r WHERE r.shop_id = OLD.shop_id AND r.id = OLD.request_id
      AND r.state = CASE WHEN NEW.sealed IS NULL THEN 'done' WHEN OLD.sealed IS NOT NULL THEN 'working' END) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the seal of a run may only be renewed, or end with its request';
END $$;
CREATE TRIGGER kept_seal BEFORE UPDATE OF sealed ON app.erasure_runs
  FOR EACH ROW WHEN (NEW.sealed IS DISTINCT FROM OLD.sealed) EXECUTE FUNCTION app.keep_run_seal();

-- A copy is sealed once and ends once.
CREATE FUNCTION app.keep_copy_seal() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF app.is_renewed_seal(OLD.sealed, NEW.sealed) OR (NEW.sealed IS NULL AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the seal of a copy may only be renewed, or end with the copy';
END $$;
CREATE TRIGGER kept_seal BEFORE UPDATE OF sealed ON app.access_packages
  FOR EACH ROW WHEN (NEW.sealed IS DISTINCT FROM OLD.sealed) EXECUTE FUNCTION app.keep_copy_seal();
