package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"handrail/internal/logs"
)

// hooksPath is where other systems tell that something has happened there. The rest of
// the path is a secret, as they sign nothing.
const hooksPath = "/odoo/"

// hookLimit is the size of the largest body of a hook.
const hookLimit = 64 << 10

// Hook is the route by which Odoo tells that something has happened there.
type Hook struct {
	// Secret is what the path ends in.
	Secret string
	// Take is given the body. It gives false for one that it cannot read, and an error
	// where it cannot deal with it now.
	Take func(ctx context.Context, body []byte) (bool, error)
}

// post takes what was told. Who does not have the secret learns nothing from the answer,
// not even that there is such a route, nor from how long it takes.
func (h Hook) post(c *gin.Context) {
	given, secret := sha256.Sum256([]byte(c.Param("secret"))), sha256.Sum256([]byte(h.Secret))
	if subtle.ConstantTimeCompare(given[:], secret[:]) != 1 || c.Request.Method != http.MethodPost {
		nothing(c)
		return
	}
	ctx := c.Request.Context()
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, hookLimit))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		refuse(c, http.StatusRequestEntityTooLarge, "a hook takes 64 KB")
		return
	}
	if err != nil {
		refuse(c, http.StatusBadRequest, "the body could not be read")
		return
	}
	understood, err := h.Take(ctx, body)
	switch {
	case err != nil:
		logs.From(ctx).WarnContext(ctx, "a hook could not be dealt with", slog.Any("error", err))
		refuse(c, http.StatusServiceUnavailable, "not now; it is looked for all the same")
	case !understood:
		refuse(c, http.StatusBadRequest, "this is not what Odoo sends: it names a _model and an _id")
	default:
		c.Status(http.StatusNoContent)
	}
}

// nothing answers as every address does at which there is nothing.
func nothing(c *gin.Context) { refuse(c, http.StatusNotFound, "there is nothing at this address") }
