package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"handrail/internal/logs"
)

// reportsPath and filesPath are where files are downloaded. The rest of the path
// is a secret.
const (
	reportsPath = "/reports/"
	filesPath   = "/files/"
)

// pieceTimeout is how long a client may take for one piece of a file: a large
// one may take longer than an answer otherwise may.
const pieceTimeout = 30 * time.Second

// File is something to download.
type File struct {
	// Name is what a browser saves it as.
	Name string
	// Type is the type of its content; empty for CSV.
	Type string
	// Size is how many bytes it has; 0 where nobody knows before it is written.
	Size int64
	// Write writes it, a piece at a time.
	Write func(ctx context.Context, to io.Writer) error
}

// Find gives the file that a link leads to, by the secret in it: nil where there is none.
type Find func(ctx context.Context, secret string) (*File, error)

// downloads is a route of files.
type downloads struct {
	find Find
	// ending stands behind the secret.
	ending string
	// again says how to come by a new link.
	again string
}

// get answers with a file. Whoever has the link may read it, as long as it is
// good; that there never was one looks the same. A browser saves the file and
// shows nothing of it, whatever it is: it comes from people.
func (d downloads) get(c *gin.Context) {
	ctx := c.Request.Context()
	c.Header("Cache-Control", "no-store")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Content-Security-Policy", "sandbox; default-src 'none'")
	c.Header("Cross-Origin-Resource-Policy", "same-origin")
	secret, ok := strings.CutSuffix(c.Param("file"), d.ending)
	var file *File
	if ok {
		var err error
		if file, err = d.find(ctx, secret); err != nil {
			logs.From(ctx).ErrorContext(ctx, "a file could not be found", slog.Any("error", err))
			refuse(c, http.StatusInternalServerError, "something went wrong here; it is in the log under this request's id")
			return
		}
	}
	if file == nil {
		refuse(c, http.StatusNotFound, "this link is not good, or no longer: "+d.again)
		return
	}
	kind := file.Type
	if kind == "" {
		kind = "text/csv; charset=utf-8"
	}
	c.Header("Content-Type", kind)
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	if file.Size > 0 {
		c.Header("Content-Length", strconv.FormatInt(file.Size, 10))
	}
	c.Status(http.StatusOK)
	if err := file.Write(ctx, patient{c.Writer, http.NewResponseController(c.Writer)}); err != nil {
		level := slog.LevelError
		if errors.Is(err, context.Canceled) {
			level = slog.LevelInfo // whoever asked has gone
		}
		logs.From(ctx).Log(ctx, level, "a file was broken off", slog.Any("error", err))
		// A part of it is out already: say so by breaking it off.
		panic(http.ErrAbortHandler)
	}
}

// patient gives a client time for each piece.
type patient struct {
	io.Writer
	of *http.ResponseController
}

// Write writes a piece.
func (p patient) Write(piece []byte) (int, error) {
	// Where no deadline can be set there is none, as in a test.
	_ = p.of.SetWriteDeadline(time.Now().Add(pieceTimeout))
	return p.Writer.Write(piece) //nolint:wrapcheck // the handler says what was written
}
