package odoo

import (
	"context"
	"crypto/sha1" //nolint:gosec // Odoo's checksum is one; it guards against accidents only
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// LargestFile is how many bytes an attachment may have, either way.
const LargestFile = 25 << 20

// File is an attachment of a record.
type File struct {
	// Ref is its own external identifier, such as handrail.T-1.file.3.
	Ref string
	// Model and Record are what it hangs on.
	Model  string
	Record int64
	Name   string
	// Type is the media type. Odoo stores text/plain for one that a browser would run.
	Type string
	Data []byte
}

// Attach hangs a file on a record, once, and gives its id. A file that hangs on
// nothing is not moved by message_post, so it has to hang on the record before.
func (c *Client) Attach(ctx context.Context, f File) (int64, error) {
	const op = "ir.attachment/load"
	switch {
	case f.Record < 1:
		return 0, &Error{Op: op, Kind: Refused, Err: errNoIDs}
	case len(f.Data) == 0 || len(f.Data) > LargestFile:
		return 0, &Error{Op: op, Kind: Refused, Err: fmt.Errorf("a file of %d bytes", len(f.Data))}
	}
	values := Values{"name": f.Name, "datas": base64.StdEncoding.EncodeToString(f.Data), "res_model": f.Model, "res_id": f.Record}
	if f.Type != "" {
		values["mimetype"] = f.Type
	}
	return c.Load(ctx, "ir.attachment", f.Ref, values)
}

// Download reads a file; an error that is [Missing] where it is gone. A link to a file elsewhere is [Refused].
func (c *Client) Download(ctx context.Context, id int64) (File, error) {
	const op = "ir.attachment/search_read"
	// The size comes first: a huge file is not even asked for.
	meta, ok, err := c.Read(ctx, "ir.attachment", id, "name", "mimetype", "file_size", "checksum", "type", "res_model", "res_id")
	switch {
	case err != nil:
		return File{}, err
	case !ok:
		return File{}, &Error{Op: op, Kind: Missing}
	case meta.Text("type") != "binary":
		return File{}, &Error{Op: op, Kind: Refused, Err: errors.New("it is a link and no file")}
	case meta.Number("file_size") > LargestFile:
		return File{}, &Error{Op: op, Kind: Refused, Err: fmt.Errorf("a file of %d bytes", meta.Number("file_size"))}
	}
	content, ok, err := c.Read(ctx, "ir.attachment", id, "datas")
	if err != nil {
		return File{}, err
	}
	if !ok {
		return File{}, &Error{Op: op, Kind: Missing}
	}
	data, err := base64.StdEncoding.DecodeString(content.Text("datas"))
	if err != nil {
		return File{}, &Error{Op: op, Kind: NotOdoo, Err: err}
	}
	sum := sha1.Sum(data) //nolint:gosec // as above
	if checksum := meta.Text("checksum"); checksum != "" && checksum != hex.EncodeToString(sum[:]) {
		return File{}, &Error{Op: op, Kind: Busy, Err: errors.New("the file changed while it was read")}
	}
	return File{
		Model: meta.Text("res_model"), Record: meta.Number("res_id"),
		Name: meta.Text("name"), Type: meta.Text("mimetype"), Data: data,
	}, nil
}
