-- A copy may also be given out by a link that an operator issues for a shop that has gone.
ALTER TABLE app.access_packages
  DROP CONSTRAINT access_packages_released,
  ADD CONSTRAINT access_packages_released CHECK (
    (released_at IS NULL) = (release_reason IS NULL) AND release_reason IN ('reviewed', 'day-25', 'link'));
