CREATE SCHEMA peer;
CREATE TABLE peer."Session" (
  id text PRIMARY KEY, shop text NOT NULL, state text NOT NULL, "isOnline" boolean NOT NULL DEFAULT false, scope text,
  expires timestamp(3), "accessToken" text NOT NULL, "userId" bigint, "firstName" text, "lastName" text, email text,
  "accountOwner" boolean NOT NULL DEFAULT false, locale text, collaborator boolean DEFAULT false,
  "emailVerified" boolean DEFAULT false
);
CREATE TABLE peer."Webhook" (
  shop text NOT NULL, topic text NOT NULL, "eventId" text NOT NULL, "receivedAt" timestamp(3) NOT NULL,
  PRIMARY KEY (shop, topic, "eventId")
);
CREATE TABLE peer."Cart" (
  shop text NOT NULL, token text NOT NULL, "changedAt" timestamp(3) NOT NULL, "itemCount" integer NOT NULL,
  "lineCount" integer NOT NULL, "valueMinor" bigint, currency text, sealed bytea NOT NULL,
  PRIMARY KEY (shop, token)
);
-- The list of an app is sorted by what changed last, as ours is.
CREATE INDEX ON peer."Cart" (shop, "changedAt" DESC, token DESC);
CREATE TABLE peer."EncryptedCart" (
  id integer PRIMARY KEY, shop text NOT NULL, "changedAt" timestamp(3) NOT NULL, "itemCount" integer NOT NULL,
  "valueMinor" bigint NOT NULL, currency text NOT NULL, "firstName" text NOT NULL, "lastName" text NOT NULL,
  email text NOT NULL, "emailHash" text, country text NOT NULL, lines text NOT NULL
);
CREATE INDEX ON peer."EncryptedCart" (shop, "changedAt" DESC, id DESC);
CREATE INDEX ON peer."EncryptedCart" ("emailHash");
