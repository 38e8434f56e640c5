package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"handrail/internal/logs"
)

// reportsPath is where files are downloaded. The rest of the path is a secret.
const reportsPath = "/reports/"

// File is something to download.
type File struct {
	// Name is what a browser saves it as.
	Name string
	// Write writes it, a piece at a time.
	Write func(ctx context.Context, to io.Writer) error
}

// reports is the route of the files.
type reports struct {
	find func(ctx context.Context, secret string) (*File, error)
}

// get answers with a file. Whoever has the link may read it, as long as it is
// good; that there never was one looks the same.
func (r reports) get(c *gin.Context) {
	ctx := c.Request.Context()
	c.Header("Cache-Control", "no-store")
	c.Header("Referrer-Policy", "no-referrer")
	secret, ok := strings.CutSuffix(c.Param("file"), ".csv")
	var file *File
	if ok {
		var err error
		if file, err = r.find(ctx, secret); err != nil {
			logs.From(ctx).ErrorContext(ctx, "a file could not be found", slog.Any("error", err))
			refuse(c, http.StatusInternalServerError, "something went wrong here; it is in the log under this request's id")
			return
		}
	}
	if file == nil {
		refuse(c, http.StatusNotFound, "this link is not good, or no longer: write report to the bot for a new one")
		return
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	c.Status(http.StatusOK)
	if err := file.Write(ctx, c.Writer); err != nil {
		level := slog.LevelError
		if errors.Is(err, context.Canceled) {
			level = slog.LevelInfo // whoever asked has gone
		}
		logs.From(ctx).Log(ctx, level, "a file was broken off", slog.Any("error", err))
		// A part of it is out already: say so by breaking it off.
		panic(http.ErrAbortHandler)
	}
}
