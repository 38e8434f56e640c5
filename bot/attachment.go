package bot

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Files opens the files of messages.
type Files interface {
	// Open gives the content of a file, which the caller closes.
	Open(ctx context.Context, file teams.File) (io.ReadCloser, error)
}

// namedFiles is how many files are called by their names where there are more.
const namedFiles = 2

// receive takes the files of a message: for the ticket that the text names, else
// for the one that is shown here, else it asks. It tells whether the message is
// done with: a command that it has besides is answered as ever.
func (b *Bot) receive(ctx context.Context, t *turn, text string) (done bool, err error) {
	if t.ID == "" {
		t.ID = rand.Text() // by which the files are found again
	}
	got := understand(text)
	if text == "" {
		got.command = "" // which would ask for help
	}
	if got.command == "new" {
		return false, b.desk.Receive(ctx, t.actor, t.sent(0), nil) // they belong to the ticket that the form opens
	}
	done = got.command == "" || got.command == "attach"
	if got.command != "" {
		text = got.rest
	}
	if number, ok := numberIn(fields(text)); ok {
		return done, b.attachTo(ctx, t, t.sent(number), "attach.to")
	}
	shown, err := b.store.ShownIn(ctx, t.place(), 0, 2)
	if err != nil {
		return false, err
	}
	if len(shown) == 1 {
		return done, b.attachTo(ctx, t, t.sent(shown[0]), "attach.here")
	}
	return done, b.askTicket(ctx, t, t.sent(0), "")
}

// sent gives the files of the message of the turn, for a ticket or for none yet.
func (t *turn) sent(number int64) ticket.Sent {
	sent := ticket.Sent{Place: t.place(), Activity: t.ID, Number: number}
	for _, file := range t.Files() {
		a := ticket.Attachment{Name: file.Name}
		switch file.Kind {
		case teams.FileLink:
			if a.Link = file.URL; !ticket.ValidLink(a.Link) {
				continue
			}
		case teams.FileDownload:
			a.Source = ticket.FileSource{Kind: ticket.SourceDownload, URL: file.URL, Picture: file.Picture}
		case teams.FileOnConnector:
			a.Source = ticket.FileSource{Kind: ticket.SourceConnector, URL: file.URL, Picture: file.Picture}
		}
		sent.Files = append(sent.Files, a)
	}
	return sent
}

// withFiles gives the id of the turn's message where it has files, else nothing.
func (t *turn) withFiles() string {
	if t.Type == "message" && len(t.Files()) > 0 {
		return t.ID
	}
	return ""
}

// attachTo takes files for a ticket and says so. Where that ticket takes none,
// they are kept, and it asks for another one.
func (b *Bot) attachTo(ctx context.Context, t *turn, sent ticket.Sent, sentence string) error {
	err := b.desk.Receive(ctx, t.actor, sent, func(to *ticket.Ticket) []ticket.Task {
		text := t.markdown(sentence, args{"Names": t.names(sent.Files), "Ticket": to.String(), "Title": cards.Shorten(b.masked(to.Title), 80)})
		return []ticket.Task{{Job: ticket.Say{Place: t.place(), Text: text}}}
	})
	if kind := ticket.KindOf(err); kind == ticket.NotFound || kind == ticket.Unmet {
		problem, _ := t.fault(err)
		sent.Number = 0
		return b.askTicket(ctx, t, sent, problem)
	}
	return err
}

// askTicket takes files for no ticket yet, and asks for which they are.
func (b *Bot) askTicket(ctx context.Context, t *turn, sent ticket.Sent, problem string) error {
	asked := whichTicket{message: t.ID, whose: t.actor.ID, names: t.names(sent.Files), title: ticket.Clean(t.Command()), problem: problem}
	card, err := b.whichTicketCard(ctx, t, asked)
	if err != nil {
		return err
	}
	return b.desk.Receive(ctx, t.actor, sent, func(*ticket.Ticket) []ticket.Task {
		return []ticket.Task{{Job: ticket.Say{Place: t.place(), Card: card, Summary: t.say("attach.which")}}}
	})
}

// names says how files are called: the first ones, and how many more there are.
func (s speech) names(files []ticket.Attachment) string {
	var names []string
	for i, file := range files {
		if i == namedFiles && len(files) > namedFiles+1 {
			return strings.Join(names, ", ") + " " + s.say("notice.and_more", args{"Count": len(files) - namedFiles})
		}
		names = append(names, cards.Shorten(ticket.CleanFileName(file.Name), 60))
	}
	return strings.Join(names, ", ")
}

// attach answers "attach T-1" with links behind it. With files in the message it
// is not asked.
func (b *Bot) attach(ctx context.Context, t *turn, rest string) error {
	id, ok := t.ticketIn(rest)
	if !ok {
		return b.say(ctx, t, t.say("notice.which_ticket", args{"Command": "attach"}))
	}
	sent := ticket.Sent{Place: t.place(), Activity: t.ID, Number: id.Number, Files: linksIn(rest)}
	if len(sent.Files) > 0 {
		return b.attachTo(ctx, t, sent, "attach.to")
	}
	return b.say(ctx, t, t.say("attach.how", args{"Ticket": id.String()}))
}

// linksIn gives the links of a text, by the name of what they lead to.
func linksIn(text string) []ticket.Attachment {
	var links []ticket.Attachment
	for written := range strings.FieldsSeq(text) {
		link := strings.Trim(written, `<>()[]"'.,;`)
		if address, err := url.Parse(link); err == nil && ticket.ValidLink(link) {
			name := path.Base(address.Path)
			if name == "." || name == "/" {
				name = address.Host
			}
			links = append(links, ticket.Attachment{Name: name, Link: link})
		}
	}
	return links
}

// mostFetched is how many files are fetched at once, and fetchTurn how soon another
// one looks again. Files that hang must not keep all workers from cards and clocks.
const (
	mostFetched = 4
	fetchTurn   = 2 * time.Second
)

// FetchAttachment does the job of fetching a file, when it is its turn.
func (b *Bot) FetchAttachment(ctx context.Context, job ticket.FetchAttachment) error {
	select {
	case b.fetching <- struct{}{}:
		defer func() { <-b.fetching }()
	default:
		return &ticket.Postponed{After: fetchTurn, Turn: true, Cause: errors.New("enough files are on their way")}
	}
	a, ok, err := b.store.Attachment(ctx, job.Tenant, job.ID)
	if err != nil || !ok {
		return err
	}
	address, _, err := b.store.Address(ctx, a.Place)
	if err != nil {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	return b.desk.Fetch(ctx, job, b.openFile, func(a ticket.Attachment, fault *ticket.Error) ticket.Job {
		logs.From(ctx).WarnContext(ctx, "a file was given up", "attachment", a.ID, "error", fault)
		with := args{"Name": a.Name, "Limit": ticket.MaxFile >> 20}
		return ticket.Say{Place: a.Place, Text: s.markdown(fault.Message, with)}
	})
}

// openFile opens a file where it is.
func (b *Bot) openFile(ctx context.Context, source ticket.FileSource) (io.ReadCloser, error) {
	if source.Kind == ticket.SourceRecord {
		return b.openRecordFile(ctx, source)
	}
	file := teams.File{Kind: teams.FileDownload, URL: source.URL, Picture: source.Picture}
	if source.Kind == ticket.SourceConnector {
		file.Kind = teams.FileOnConnector
	}
	body, err := b.files.Open(ctx, file)
	if err != nil {
		return nil, fetchFault(err)
	}
	return fetchedBody{body}, nil
}

// openRecordFile opens a file that is in the system of record.
func (b *Bot) openRecordFile(ctx context.Context, source ticket.FileSource) (io.ReadCloser, error) {
	number, err := strconv.ParseInt(source.URL, 10, 64)
	if err != nil || b.desk.Records == nil {
		return nil, &ticket.Error{Kind: ticket.Unmet, Message: "error.fetch_record"}
	}
	content, write := io.Pipe()
	go func() {
		err := b.desk.Records.Content(ctx, number, write)
		refused, ok := errors.AsType[*ticket.RecordError](err)
		switch {
		case ok && (refused.Why == ticket.RecordGone || refused.Why == ticket.RecordRefused || refused.Why == ticket.RecordRights):
			err = errors.Join(&ticket.Error{Kind: ticket.Unmet, Message: "error.fetch_record"}, err)
		case ok:
			err = &ticket.Postponed{After: max(refused.After, busy), Cause: err}
		}
		_ = write.CloseWithError(err) // it gives none
	}()
	return content, nil
}

// fetchedBody is the content of a file, whose faults are those of a job.
type fetchedBody struct{ io.ReadCloser }

// Read reads on.
func (f fetchedBody) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err //nolint:wrapcheck // io.EOF is looked for as it is
	}
	return n, fetchFault(err)
}

// fetchFault tells what a person has to know from what may be better in a while.
func fetchFault(err error) error {
	refused, ok := errors.AsType[*teams.Error](err)
	if !ok {
		return fmt.Errorf("bot: fetch a file: %w", err)
	}
	message := "error.fetch_refused"
	switch refused.Kind {
	case teams.Throttled, teams.Busy, teams.Unauthorized:
		return putOff(refused, err)
	case teams.TooBig:
		return ticket.ErrTooLarge
	case teams.Expired:
		message = "error.fetch_expired"
	case teams.Gone:
		message = "error.fetch_gone"
	case teams.WrongHost:
		message = "error.fetch_wrong_host"
	default:
	}
	return &ticket.Error{Kind: ticket.Unmet, Message: message, Args: map[string]any{"Status": refused.Status}}
}

// Content is a file of a ticket, to be downloaded.
type Content struct {
	Name, Type string
	Size       int64
	bot        *Bot
	of         ticket.Attachment
}

// Content gives the file of a ticket that a link leads to; false where the link
// is unknown or has ended, or the file was removed.
func (b *Bot) Content(ctx context.Context, secret string) (*Content, bool, error) {
	offered, ok, err := b.desk.Download(ctx, secret)
	if err != nil || !ok || offered.Attachment == 0 {
		return nil, false, err
	}
	a, ok, err := b.store.Attachment(ctx, offered.Tenant, offered.Attachment)
	if err != nil || !ok || a.Digest == "" {
		return nil, false, err
	}
	return &Content{Name: a.Name, Type: ticket.ServedType(a.Type), Size: a.Size, bot: b, of: a}, true, nil
}

// Write writes the file.
func (c *Content) Write(ctx context.Context, to io.Writer) error {
	return c.bot.store.Content(ctx, c.of.Tenant, c.of.Digest, to)
}

// evidenceFiles names the files that are evidence of an item, as far as the
// ticket still has them.
func (s speech) evidenceFiles(mark ticket.Mark, files []ticket.Attachment) string {
	var names []string
	for _, a := range files {
		if slices.Contains(mark.Files, a.ID) {
			names = append(names, cards.Escape(cards.Shorten(a.Name, 60)))
		}
	}
	if gone := len(mark.Files) - len(names); gone > 0 {
		names = append(names, s.say("ticket.files_removed", args{"Count": gone}))
	}
	return strings.Join(names, ", ")
}

// mostOffered is how many files a form offers as evidence.
const mostOffered = 20

// fileField offers the ticket's newest files as evidence, and those that are it
// already; false where it has none.
func fileField(files []ticket.Attachment, evidence []int64) (field, bool) {
	f := field{id: ticket.FieldFiles, kind: cards.FieldChoices, label: "label.files"}
	var chosen []string
	for i, a := range files {
		id, is := strconv.FormatInt(a.ID, 10), slices.Contains(evidence, a.ID)
		if is {
			chosen = append(chosen, id)
		}
		if is || i >= len(files)-mostOffered {
			f.people = append(f.people, cards.Choice{Title: cards.Text(a.Name), Value: id})
		}
	}
	f.value = strings.Join(chosen, ",")
	return f, len(files) > 0
}

// filesOf gives the files of a ticket; it asks only where there are some.
func (b *Bot) filesOf(ctx context.Context, t *ticket.Ticket) ([]ticket.Attachment, error) {
	if t.Files == 0 {
		return nil, nil
	}
	return b.store.Attachments(ctx, t.ID)
}

// filesLine names the files of a ticket on its card.
func (s speech) filesLine(files []ticket.Attachment) string {
	if len(files) == 0 {
		return ""
	}
	return s.markdown("ticket.files", args{"Names": s.names(files)})
}

// typeName puts the type of a file into words.
func (s speech) typeName(a ticket.Attachment) string {
	whole, _, _ := strings.Cut(a.Type, "/")
	id := map[string]string{
		"application/pdf": "filetype.pdf", "text/csv": "filetype.table", "application/json": "filetype.text", "message/rfc822": "filetype.mail",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "filetype.table",
		"application/vnd.oasis.opendocument.spreadsheet":                            "filetype.table",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "filetype.document",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation": "filetype.document",
		"application/vnd.oasis.opendocument.text":                                   "filetype.document",
		"application/x-ole-storage":                                                 "filetype.document",
		"application/zip":                                                           "filetype.archive",
		"application/x-gzip":                                                        "filetype.archive",
		"application/x-rar-compressed":                                              "filetype.archive",
		"application/x-7z-compressed":                                               "filetype.archive",
		"application/x-xz":                                                          "filetype.archive",
		"application/x-executable":                                                  "filetype.program", "text/x-script": "filetype.program",
		"text/html": "filetype.page", "image/svg+xml": "filetype.page",
	}[a.Type]
	switch {
	case a.Link != "":
		id = "filetype.link"
	case id != "":
	case whole == "image":
		id = "filetype.picture"
	case whole == "text":
		id = "filetype.text"
	case whole == "audio", whole == "video":
		id = "filetype.recording"
	}
	return s.say(cmp.Or(id, "filetype.other"))
}

// size puts a number of bytes into words.
func (s speech) size(bytes int64) string {
	switch {
	case bytes < 1<<10:
		return s.say("size.bytes", args{"Count": int(bytes)})
	case bytes < 1<<20:
		return s.say("size.kilo", args{"Size": fmt.Sprint((bytes + 1<<9) >> 10)})
	}
	return s.say("size.mega", args{"Size": fmt.Sprintf("%.1f", float64(bytes)/(1<<20))})
}
