-- The age recipient that the brand's archives are sealed to, as its owner registered it.
ALTER TABLE brand ADD COLUMN archive_recipient TEXT;
