"""Decisions: DMN models read, refused or evaluated by us. Knows FEEL and safe XML, no database and no clock."""
