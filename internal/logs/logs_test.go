package logs_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"handrail/internal/logs"
)

func TestFieldsTravelWithTheContext(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	ctx := logs.Into(context.Background(), slog.New(slog.NewTextHandler(&out, nil)))
	ctx = logs.With(logs.With(ctx, "request", "r-1"), "ticket", "T-1")

	logs.From(ctx).Info("saved")

	for _, field := range []string{"request=r-1", "ticket=T-1"} {
		if !strings.Contains(out.String(), field) {
			t.Errorf("line %q lacks %s", out.String(), field)
		}
	}
}

func TestWithoutALoggerTheDefaultIsUsed(t *testing.T) {
	t.Parallel()
	if logs.From(context.Background()) != slog.Default() {
		t.Error("an empty context must give the default logger")
	}
}
