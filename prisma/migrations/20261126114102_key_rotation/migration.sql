-- CreateTable
CREATE TABLE "keys"."rotations" (
    "name" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "cursor" TEXT,
    "target" INTEGER,
    "done" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "step_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "rotations_pkey" PRIMARY KEY ("name")
);

-- What Prisma cannot say.

GRANT SELECT, INSERT, UPDATE ON keys.rotations TO ci_keys;
GRANT UPDATE (kek_id, wrapped) ON keys.signing_keys TO ci_keys;

-- Which key-encryption keys are still needed, and for how much: what decides whether one may be taken out of the keyring.
CREATE POLICY directory ON keys.shop_keys FOR SELECT TO ci_owner USING (true);
CREATE FUNCTION keys.kek_uses() 
  RETURNS TABLE (kek_id text, shop_keys bigint, inbox_days bigint, signing_keys bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT u.kek_id, sum(u.of_shops)::bigint, sum(u.of_days)::bigint, sum(u.signing)::bigint FROM (
    SELECT s.kek_id, count(*) AS of_shops, 0 AS of_days, 0 AS signing FROM keys.shop_keys s GROUP BY s.kek_id
    UNION ALL
    SELECT d.kek_id, 0, count(*), 0 FROM keys.inbox_days d GROUP BY d.kek_id
    UNION ALL
    SELECT g.kek_id, 0, 0, count(*) FROM keys.signing_keys g GROUP BY g.kek_id
  ) u GROUP BY u.kek_id
$$;

-- A day's secret under another key-encryption key; only if it is still wrapped as it was read.
CREATE FUNCTION inbox.rewrap_day(of_day date, old_wrapped bytea, new_kek_id text, new_wrapped bytea) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  UPDATE keys.inbox_days d SET kek_id = new_kek_id, wrapped = new_wrapped WHERE d.day = of_day AND d.wrapped = old_wrapped;
  RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION keys.kek_uses(), inbox.rewrap_day(date, bytea, text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keys.kek_uses() TO ci_keys;
GRANT EXECUTE ON FUNCTION inbox.rewrap_day(date, bytea, text, bytea) TO ci_maintenance;

-- Seals are renewed when keys rotate, also those of rows that are otherwise written once. What an acceptance holds cannot
-- be changed under that name by length or by kind, and a seal cannot be put back to an older key.
CREATE FUNCTION app.require_renewed_seal() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF octet_length(NEW.sealed) <> octet_length(OLD.sealed)
    OR substring(NEW.sealed FROM 1 FOR 3) <> substring(OLD.sealed FROM 1 FOR 3)
    OR substring(NEW.sealed FROM 4 FOR 4) <= substring(OLD.sealed FROM 4 FOR 4) THEN
    RAISE EXCEPTION 'a seal may only be renewed under a newer key';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER renewed_seals BEFORE UPDATE OF sealed ON app.agreement_acceptances
  FOR EACH ROW WHEN (NEW.sealed IS DISTINCT FROM OLD.sealed) EXECUTE FUNCTION app.require_renewed_seal();
GRANT UPDATE (sealed) ON app.agreement_acceptances, app.privacy_requests TO ci_app;
