-- CreateTable
CREATE TABLE "app"."staff_members" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "actor" TEXT NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'analyst',
    "role_since" TIMESTAMPTZ(3) NOT NULL,
    "role_by" TEXT,
    "is_account_owner" BOOLEAN NOT NULL DEFAULT false,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "staff_members_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."reveals" (
    "shop_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reveals_pkey" PRIMARY KEY ("shop_id","member_id")
);

-- CreateTable
CREATE TABLE "app"."access_settings" (
    "shop_id" UUID NOT NULL,
    "masks_names" BOOLEAN NOT NULL,
    "hidden_countries" TEXT[],
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_by" TEXT NOT NULL,

    CONSTRAINT "access_settings_pkey" PRIMARY KEY ("shop_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "staff_members_shop_id_actor_key" ON "app"."staff_members"("shop_id", "actor");

-- AddForeignKey
ALTER TABLE "app"."reveals" ADD CONSTRAINT "reveals_shop_id_member_id_fkey" FOREIGN KEY ("shop_id", "member_id") REFERENCES "app"."staff_members"("shop_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- Who may do what. A staff member's row keeps who it is; only what changes can be changed.
ALTER TABLE app.staff_members
  ADD CONSTRAINT staff_members_role CHECK (role IN ('owner', 'support', 'analyst', 'auditor'));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['app.staff_members', 'app.reveals', 'app.access_settings'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_shop ON %s FOR ALL TO ci_app USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop())',
      name);
    EXECUTE format('GRANT SELECT ON %s TO ci_app, ci_backup', name);
  END LOOP;
END $$;

GRANT INSERT, DELETE ON app.staff_members, app.reveals TO ci_app;
GRANT UPDATE (role, role_since, role_by, is_account_owner, last_seen_at, ended_at, sealed) ON app.staff_members TO ci_app;
GRANT UPDATE (purpose, started_at, used_at) ON app.reveals TO ci_app;
GRANT INSERT ON app.access_settings TO ci_app;
GRANT UPDATE (masks_names, hidden_countries, changed_at, changed_by) ON app.access_settings TO ci_app;
