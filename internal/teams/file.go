package teams

import (
	"mime"
	"net/url"
	"path"
	"strings"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// FileKind says where a file of a message is.
type FileKind int

// The kinds of files ("Send and receive files through the bot", Microsoft).
const (
	// FileDownload is a file of a personal chat: its address lets in whoever has it.
	FileDownload FileKind = iota + 1
	// FileOnConnector is a pasted picture: the connector gives it to the bot's token.
	FileOnConnector
	// FileLink stays where it is, in a channel's or a person's files.
	FileLink
)

// File is a file of a message. Its address may let in whoever has it, so that
// it belongs into no log.
type File struct {
	Name string
	Kind FileKind
	URL  string
	// Picture tells that it was sent as a picture.
	Picture bool
}

// String leaves out the address.
func (f File) String() string { return f.Name }

// GoString is [File.String] for "%#v".
func (f File) GoString() string { return f.String() }

// The content types by which Teams marks files that are no pictures.
const (
	downloadInfo = "application/vnd.microsoft.teams.file.download.info"
	reference    = "reference"
	ownTypes     = "application/vnd.microsoft."
)

// Files returns the files of the message. The copy of the message in HTML,
// cards, and what has no address are none.
func (a *Activity) Files() []File {
	var files []File
	for _, attachment := range a.Attachments {
		if file, ok := fileOf(attachment); ok {
			files = append(files, file)
		}
	}
	return files
}

func fileOf(a schema.Attachment) (File, bool) {
	kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(a.ContentType)), ";")
	content, _ := a.Content.(map[string]any)
	file := File{Name: a.Name, URL: a.ContentURL}
	switch {
	case kind == downloadInfo:
		if address, _ := content["downloadUrl"].(string); address != "" {
			file.Kind, file.URL = FileDownload, address
		} else {
			file.Kind = FileLink
		}
	case kind == reference:
		file.Kind = FileLink
	case kind == "" || kind == "text/html" || strings.HasPrefix(kind, ownTypes):
		return File{}, false
	default:
		file.Kind, file.Picture = FileOnConnector, strings.HasPrefix(kind, "image/")
	}
	if file.URL == "" || file.Kind == FileLink && !strings.HasPrefix(strings.ToLower(file.URL), "https://") {
		return File{}, false
	}
	if file.Name == "" {
		file.Name = file.nameFor(kind)
	}
	return file, true
}

// nameFor makes a name for a file that Teams gave none: pasted pictures have none.
func (f File) nameFor(kind string) string {
	if f.Kind != FileOnConnector {
		if address, err := url.Parse(f.URL); err == nil {
			return path.Base(address.Path)
		}
		return ""
	}
	name := "file"
	if f.Picture {
		name = "picture"
	}
	switch kind {
	case "image/png", "image/*":
		return name + ".png"
	case "image/jpeg", "image/jpg":
		return name + ".jpg"
	}
	if endings, err := mime.ExtensionsByType(kind); err == nil && len(endings) > 0 {
		return name + endings[0]
	}
	return name
}
