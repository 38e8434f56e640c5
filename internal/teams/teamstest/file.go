package teamstest

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// File is something that a person attaches to a message.
type File struct {
	teams      *Teams
	id         int64
	name, kind string
	content    []byte
	address    string
	// What goes wrong; the zero values are a file that is served well.
	status    int
	times     int
	location  string
	hangs     bool
	promised  int
	downloads int
}

// The kinds of files.
const (
	kindFile    = "file"
	kindPicture = "picture"
	kindLink    = "link"
)

// File returns a file as people send it in a personal chat: it is downloaded
// from an address that lets in whoever has it, and no token may come with that.
func (t *Teams) File(name, content string) *File {
	return t.file(kindFile, name, content, "/files/%d?tempauth=secret-of-the-link")
}

// Picture returns a pasted picture: the connector gives it to the bot's token.
func (t *Teams) Picture(content string) *File {
	return t.file(kindPicture, "", content, "/amer/v3/attachments/%d/views/original")
}

// Link returns a file of a channel, which comes as an address of SharePoint.
func (t *Teams) Link(name string) *File {
	f := t.file(kindLink, name, "", "")
	f.address = "https://contoso.sharepoint.com/sites/desk/Shared%20Documents/" + name
	return f
}

func (t *Teams) file(kind, name, content, path string) *File {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := &File{teams: t, id: t.newID(), kind: kind, name: name, content: []byte(content)}
	f.address = t.server.URL + fmt.Sprintf(path, f.id)
	t.files[f.id] = f
	return f
}

// Address returns where the file is.
func (f *File) Address() string { return f.address }

// Refused has the next n downloads refused with the status; -1 for all.
func (f *File) Refused(status, n int) *File {
	f.status, f.times = status, n
	return f
}

// Moved has the file redirect to another address.
func (f *File) Moved(location string) *File {
	f.status, f.times, f.location = http.StatusFound, -1, location
	return f
}

// Hanging has the download begin and never end.
func (f *File) Hanging() *File {
	f.hangs = true
	return f
}

// Promising has the answer promise a length that it does not have.
func (f *File) Promising(length int) *File {
	f.promised = length
	return f
}

// Downloads returns how often the file was asked for.
func (f *File) Downloads() int {
	f.teams.mu.Lock()
	defer f.teams.mu.Unlock()
	return f.downloads
}

// attachment is the file as activities carry it.
func (f *File) attachment() map[string]any {
	switch f.kind {
	case kindFile:
		return map[string]any{
			"contentType": "application/vnd.microsoft.teams.file.download.info", "name": f.name,
			"contentUrl": "https://contoso-my.sharepoint.com/personal/ana/Documents/" + f.name,
			"content":    map[string]any{"downloadUrl": f.address, "uniqueId": guid(f.address), "fileType": "bin"},
		}
	case kindPicture:
		return map[string]any{"contentType": "image/*", "contentUrl": f.address}
	default:
		return map[string]any{"contentType": "reference", "name": f.name, "contentUrl": f.address}
	}
}

// Sends sends a message with files. The copy of its text in HTML comes, too.
func (c *Conversation) Sends(who *Person, text string, files ...*File) *Conversation {
	c.teams.t.Helper()
	place, a := c.message(who, text)
	c.teams.mustDeliver(fmt.Sprintf("%s sends %d files with %q", who.Name, len(files), text), withFiles(a, files))
	return place
}

// SendsTwice does what Teams does that had no answer in time: the same message
// comes again.
func (c *Conversation) SendsTwice(who *Person, text string, files ...*File) {
	c.teams.t.Helper()
	_, a := c.message(who, text)
	a = withFiles(a, files)
	c.teams.mustDeliver("a message with files comes", a)
	c.teams.mustDeliver("a message with files comes again", maps.Clone(a))
}

func withFiles(activity map[string]any, files []*File) map[string]any {
	attachments, _ := activity["attachments"].([]any)
	for _, f := range files {
		attachments = append(attachments, f.attachment())
	}
	activity["attachments"] = attachments
	return activity
}

// serveFile serves a file of a personal chat, and servePicture one of the connector.
func (t *Teams) serveFile(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		t.t.Errorf("the bot's token came to %s, which is no connector", r.URL.Path)
	}
	t.serve(w, r, kindFile)
}

func (t *Teams) servePicture(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	known := t.welcome(r)
	t.mu.Unlock()
	if !known {
		refuse(w, http.StatusUnauthorized, "BotNotRegistered", "")
		return
	}
	t.serve(w, r, kindPicture)
}

func (t *Teams) serve(w http.ResponseWriter, r *http.Request, kind string) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	t.mu.Lock()
	f := t.files[id]
	if f == nil || f.kind != kind || kind == kindFile && !strings.Contains(r.URL.RawQuery, "tempauth=") {
		t.mu.Unlock()
		http.NotFound(w, r)
		return
	}
	f.downloads++
	status := 0
	if f.times != 0 {
		status = f.status
		f.times--
	}
	hangs, promised := f.hangs, f.promised
	t.happened()
	t.mu.Unlock()
	switch {
	case status != 0:
		if f.location != "" {
			w.Header().Set("Location", f.location)
		}
		w.WriteHeader(status)
		return
	case promised > 0:
		w.Header().Set("Content-Length", strconv.Itoa(promised))
	}
	// What a server says of a file counts for nothing.
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(f.content) // the client may have had enough
	if hangs {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

// Mended has the file served well from now on.
func (f *File) Mended() {
	f.teams.mu.Lock()
	defer f.teams.mu.Unlock()
	f.times, f.hangs, f.promised = 0, false, 0
}
