package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"handrail/internal/store"
)

// migrate brings the database to the version of this program.
func migrate(ctx context.Context, cfg Config, logger *slog.Logger, stdout io.Writer) error {
	db, err := store.Open(ctx, store.Config{URL: string(cfg.Database), Dir: cfg.Data, Logger: logger})
	if err != nil {
		return err
	}
	if err := errors.Join(db.Migrate(ctx), db.Close()); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(stdout, "The database is at the version of this program."); err != nil {
		return fmt.Errorf("say that the database is migrated: %w", err)
	}
	return nil
}
