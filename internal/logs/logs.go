// Package logs carries log fields in a context, so that every line that is
// written during a turn or a job names the request, the tenant and the ticket
// without each function passing them on. It decides nothing about where lines
// go or how they look: that is the handler of the logger given to [Into].
package logs

import (
	"context"
	"log/slog"
)

type key struct{}

// Into returns a context whose lines are written by logger.
func Into(ctx context.Context, logger *slog.Logger) context.Context {
	return context.WithValue(ctx, key{}, logger)
}

// With returns a context whose lines also carry the fields, given as slog
// does: pairs of a name and a value, or [slog.Attr]s.
func With(ctx context.Context, fields ...any) context.Context {
	return Into(ctx, From(ctx).With(fields...))
}

// From returns the logger of the context, or the process's default logger
// where none was put into it.
func From(ctx context.Context) *slog.Logger {
	if logger, ok := ctx.Value(key{}).(*slog.Logger); ok {
		return logger
	}
	return slog.Default()
}
