-- The access log is shown without what the app does by itself, unless that is asked for: so that its page is found where
-- thousands of records of a job lie between two looks of a person.
CREATE INDEX access_records_of_people ON app.access_records (shop_id, seq DESC) WHERE actor NOT LIKE 'system:%';
