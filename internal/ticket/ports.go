package ticket

import (
	"context"
	"io"
	"time"
)

// Store keeps tickets and all that belongs to them. What it cannot do for a
// reason that a person can mend it says with an [Error].
type Store interface {
	Reader
	// InTx runs work in one transaction: all that it wrote is kept, or nothing.
	InTx(ctx context.Context, work func(tx Tx) error) error
	// Upload stores the content of a file as it comes, in transactions of its own, so that
	// nobody waits for a slow sender. More than limit bytes are [ErrTooLarge]. Until
	// [Tx.KeepUpload] nothing refers to it, and after an hour it may be gone.
	Upload(ctx context.Context, tenant string, from io.Reader, limit int64) (Upload, error)
}

// Reader answers questions.
type Reader interface {
	// Ticket gives a ticket, or [ErrNotFound].
	Ticket(ctx context.Context, id ID) (*Ticket, error)
	// LinkedTo gives the tickets that follow a ticket, open and closed, in the order of their numbers.
	LinkedTo(ctx context.Context, id ID) ([]*Ticket, error)
	// Tickets gives one page of a tenant's tickets.
	Tickets(ctx context.Context, query Query) (Page, error)
	// FindTickets gives a page of the tickets in which all words stand, and whether there
	// are more: the one whose number is asked for first, then open ones, the newest first.
	FindTickets(ctx context.Context, search Search) (found []*Ticket, more bool, err error)
	// Alike gives the open tickets that look like the same trouble, the likest first: at most limit.
	Alike(ctx context.Context, trouble Trouble, limit int) ([]*Ticket, error)
	// History gives a ticket's lines, newest first: at most limit, after leaving out skip.
	History(ctx context.Context, id ID, skip, limit int) ([]Entry, error)
	// HistoryAfter gives a ticket's lines after the one with the id, oldest first: at most limit.
	HistoryAfter(ctx context.Context, id ID, after int64, limit int) ([]Entry, error)
	// Pressed tells which ticket the click with the key has changed, if it has changed one.
	Pressed(ctx context.Context, tenant, key string) (ID, bool, error)
	// Address gives what is known of a place; false for a place never seen.
	Address(ctx context.Context, place Place) (Address, bool, error)
	// PersonalAddress gives the personal conversation with the person who has the ID or the
	// ObjectID; false where none is known.
	PersonalAddress(ctx context.Context, tenant, person string) (Address, bool, error)
	// ShownIn gives the numbers of open tickets that a place shows, in order: at most limit,
	// of those after the given number.
	ShownIn(ctx context.Context, place Place, after int64, limit int) ([]int64, error)
	// OpenAfter gives the open tickets of all tenants in the order of their ids: at most
	// limit, of those after the given one.
	OpenAfter(ctx context.Context, after ID, limit int) ([]*Ticket, error)
	// Setting gives what was stored under a name; empty for nothing.
	Setting(ctx context.Context, name string) (string, error)
	// Posts gives the messages that show a ticket's card, oldest first.
	Posts(ctx context.Context, id ID) ([]Post, error)
	// Copies gives the same posts with what is known of their places.
	Copies(ctx context.Context, id ID) ([]Copy, error)
	// Shows tells whether a message of a conversation shows a ticket.
	Shows(ctx context.Context, place Place, activity string) (bool, error)
	// Post gives one message by its id; false where it is forgotten.
	Post(ctx context.Context, tenant string, id int64) (Post, bool, error)
	// Person gives what is known of the person who has the ID or the ObjectID; false where
	// they are unknown.
	Person(ctx context.Context, tenant, id string) (Acquaintance, bool, error)
	// PersonByMail gives who is known in a tenant under a mail address, in whatever case; false
	// for nobody. What the organisation says goes before what people say of themselves.
	PersonByMail(ctx context.Context, tenant, mail string) (Acquaintance, bool, error)
	// People lists by name those with a name who were seen since then: at most limit.
	People(ctx context.Context, tenant string, since time.Time, limit int) ([]Acquaintance, error)
	// Absence gives the absence that the person with the ID has told, which may be over;
	// false where there is none.
	Absence(ctx context.Context, tenant, person string) (Absence, bool, error)
	// Follows gives what a place follows: tickets by class first, then one by one.
	Follows(ctx context.Context, place Place) ([]Follow, error)
	// Followers gives the follows of every place that the bot knows which may want the ticket.
	Followers(ctx context.Context, id ID) ([]Follower, error)
	// Quiet gives the quiet hours of a conversation; false where it has none.
	Quiet(ctx context.Context, tenant, conversation string) (Quiet, bool, error)
	// Overview gives what a board shows of a tenant's open tickets.
	Overview(ctx context.Context, query Query) (Overview, error)
	// Counts gives how many of a tenant's open tickets there are, by class and step.
	Counts(ctx context.Context, query Query) ([]Count, error)
	// Board gives the board of a place; false where it has none.
	Board(ctx context.Context, place Place) (Board, bool, error)
	// BoardsWait tells whether a board of the tenant that was asked for since then is not due yet.
	BoardsWait(ctx context.Context, tenant string, since time.Time) (bool, error)
	// Moves counts what happened to a tenant's tickets in a period; classes in which
	// nothing happened are left out.
	Moves(ctx context.Context, tenant string, period Period) ([]Moves, error)
	// Escalated counts the escalations of a tenant that were sent in a period, by what is
	// reported of them, in any order.
	Escalated(ctx context.Context, tenant string, period Period) ([]Escalated, error)
	// Lines gives the tickets that were opened, acknowledged, resolved or closed in a
	// period, in the order of their numbers: at most limit, of those after a number.
	Lines(ctx context.Context, tenant string, period Period, after int64, limit int) ([]Line, error)
	// Route gives who stands behind a level; false for nobody.
	Route(ctx context.Context, tenant string, level Level) (Route, bool, error)
	// Routes gives the routes of a tenant, in the order of the levels.
	Routes(ctx context.Context, tenant string) ([]Route, error)
	// Draft gives the text in work of a ticket for a reader and kind; false where there is none.
	Draft(ctx context.Context, id ID, reader TextReader, kind TextKind) (Draft, bool, error)
	// Text gives a text of a tenant, in work or sent, or [ErrNotFound].
	Text(ctx context.Context, tenant string, draft DraftID) (Draft, error)
	// Texts gives the texts of a ticket that were sent, newest first: at most limit.
	Texts(ctx context.Context, id ID, limit int) ([]Draft, error)
	// Recorded gives tickets with where their records are, in the order of their numbers: at
	// most limit, of those after a number. Closed ones without a record are left out.
	Recorded(ctx context.Context, tenant string, after int64, limit int) ([]Recorded, error)
	// Article gives the article of a ticket; false where nobody has written one.
	Article(ctx context.Context, id ID) (Article, bool, error)
	// ArticlesWith gives articles of a tenant in which one of the words stands, those that
	// have more of them first: at most limit. The words are those of [SearchWords].
	ArticlesWith(ctx context.Context, tenant string, words []string, limit int) ([]Article, error)
	// Download gives the file with the digest; false where there is none.
	Download(ctx context.Context, digest string) (Download, bool, error)
	// Attachments gives the attachments of a ticket that are there, in the order in which they came.
	Attachments(ctx context.Context, id ID) ([]Attachment, error)
	// Attachment gives one attachment; false where it is gone.
	Attachment(ctx context.Context, tenant string, id int64) (Attachment, bool, error)
	// Loose gives the attachments of a message that belong to no ticket, also those on their way.
	Loose(ctx context.Context, place Place, activity string) ([]Attachment, error)
	// Record gives what is known of a ticket's record; false where it has none yet.
	Record(ctx context.Context, id ID) (Record, bool, error)
	// RecordsWithKeys gives the records with the keys, in the order of their tickets.
	RecordsWithKeys(ctx context.Context, keys ...string) ([]Record, error)
	// RecordsOf gives what is known of records, in the order of their tickets. More than one
	// ticket may have the same, after a merge.
	RecordsOf(ctx context.Context, refs ...RecordRef) ([]Record, error)
	// RecordsWait gives the records after the ticket that something holds up, or that lack
	// lines of their tickets' history, in the order of the tickets: at most limit.
	RecordsWait(ctx context.Context, after ID, limit int) ([]Record, error)
	// Unrecorded gives the tickets after the given one that have no record although they are
	// open, or were opened since then: at most limit.
	Unrecorded(ctx context.Context, since time.Time, after ID, limit int) ([]ID, error)
	// RecordMessage gives a message of a record that was heard; false for none.
	RecordMessage(ctx context.Context, number int64) (RecordMessage, bool, error)
	// Heard gives the messages of a record that nothing was done about yet, in the order of
	// their numbers: at most limit.
	Heard(ctx context.Context, ref RecordRef, limit int) ([]RecordMessage, error)
	// Content writes the content with the digest, a piece at a time.
	Content(ctx context.Context, tenant, digest string, to io.Writer) error
}

// Tx is the only thing that writes. It is used by one goroutine.
type Tx interface {
	Reader
	// Lock gives the newest state of a ticket and holds it for this transaction.
	Lock(ctx context.Context, id ID) (*Ticket, error)
	// Create stores a new ticket with its history, and gives it its number and version 1.
	Create(ctx context.Context, t *Ticket, entries ...Entry) error
	// Save stores a ticket with the history of its change, and counts its version up.
	// A save without history is refused.
	Save(ctx context.Context, t *Ticket, entries ...Entry) error
	// Index has tickets found by their words that are not yet: at most limit, of those before
	// the one with the id. It gives the id of the last, or none when there are no more.
	Index(ctx context.Context, before ID, limit int) (last ID, err error)
	// Later has jobs done after the transaction, if it is kept.
	Later(ctx context.Context, tasks ...Task) error
	// Learn stores what is now known of a place.
	Learn(ctx context.Context, address Address) error
	// Refuse notes that nothing can be sent to a place, and tells whether that is news.
	// Nothing else of its address is touched: somebody may have learnt a newer one.
	Refuse(ctx context.Context, place Place, why Refusal) (news bool, err error)
	// Forget removes what is known of places.
	Forget(ctx context.Context, places ...Place) error
	// Set stores a value under a name.
	Set(ctx context.Context, name, value string) error
	// Retime stores when a ticket's next clock is due, and nothing else: it is no change
	// that anybody has to read of.
	Retime(ctx context.Context, t *Ticket) error
	// Meet stores what is now known of a person.
	Meet(ctx context.Context, who Acquaintance) error
	// LearnMail stores the Mail, the SignIn and the MailDue of a person who is known.
	LearnMail(ctx context.Context, who Acquaintance) error
	// SayMail stores the OwnMail of a person who is known.
	SayMail(ctx context.Context, who Acquaintance) error
	// SaveAbsence stores the absence of a person in place of an earlier one.
	SaveAbsence(ctx context.Context, absence Absence) error
	// EndAbsence forgets the absence of a person.
	EndAbsence(ctx context.Context, tenant, person string) error
	// Welcome tells whether the place has not been welcomed before, and notes that it is.
	Welcome(ctx context.Context, place Place) (first bool, err error)
	// AddPost stores a new post and gives it its id. One message is stored once.
	AddPost(ctx context.Context, post *Post) error
	// SavePost stores what was sent; what the place was told of stays as it is.
	SavePost(ctx context.Context, post Post) error
	// HoldPosts holds the sent posts of the wish, and gives those that it got: no post that
	// another worker holds, and none on which a form is open.
	HoldPosts(ctx context.Context, hold Hold) ([]Post, error)
	// AddStatusPosts stores status posts and gives them their ids. One that its place has
	// already keeps the id 0.
	AddStatusPosts(ctx context.Context, posts []*Post) error
	// NotePosts notes that the places of the ticket's posts were told of the version.
	NotePosts(ctx context.Context, id ID, version int64) error
	// Follow stores a follow. A place has one for each ticket, and one for tickets by class.
	Follow(ctx context.Context, follow Follow) error
	// Unfollow removes the follows of a place with the numbers, and forgets its status posts
	// of tickets that no follow is left for.
	Unfollow(ctx context.Context, place Place, numbers []int64) error
	// SetQuiet stores the quiet hours of a conversation.
	SetQuiet(ctx context.Context, quiet Quiet) error
	// EndQuiet removes the quiet hours of a conversation.
	EndQuiet(ctx context.Context, tenant, conversation string) error
	// Hold stores notices in the place of older ones of the same place and ticket. The
	// version of which the place was told never goes back.
	Hold(ctx context.Context, notices []HeldNotice) error
	// Waiting gives the places of a conversation for which notices wait.
	Waiting(ctx context.Context, tenant, conversation string) ([]Place, error)
	// Release gives the notices that wait for a place, oldest first, and notes that they are told.
	Release(ctx context.Context, place Place) ([]HeldNotice, error)
	// ForgetPost removes a post whose message is gone.
	ForgetPost(ctx context.Context, id int64) error
	// OpenForm notes that a form is open on a message of the bot that shows a ticket.
	OpenForm(ctx context.Context, form OpenForm) error
	// CloseForm ends a person's form on a message; false where none was open.
	CloseForm(ctx context.Context, form OpenForm) (closed bool, err error)
	// AddBoard makes the board the one of its place, and gives it its round.
	AddBoard(ctx context.Context, board *Board) error
	// LockBoard gives the board of a place and holds it for this transaction.
	LockBoard(ctx context.Context, place Place) (Board, bool, error)
	// SaveBoard stores a board that was locked.
	SaveBoard(ctx context.Context, board Board) error
	// BoardsDue gives the boards of the tenant that were asked for since then and are not
	// due yet, and makes them due.
	BoardsDue(ctx context.Context, tenant string, since time.Time) ([]Board, error)
	// ForgetBoard removes the board of a place.
	ForgetBoard(ctx context.Context, place Place) error
	// SaveRoute stores a route in place of the level's earlier one.
	SaveRoute(ctx context.Context, route Route) error
	// EndRoute forgets the route of a level.
	EndRoute(ctx context.Context, tenant string, level Level) error
	// SaveDraft stores a text and counts its version up; a new one gets its id. With
	// [ErrDraftStale] somebody else has stored it meanwhile.
	SaveDraft(ctx context.Context, draft *Draft) error
	// EndDraft forgets a text in work.
	EndDraft(ctx context.Context, tenant string, draft DraftID) error
	// SaveArticle stores the article of a ticket in place of an earlier one.
	SaveArticle(ctx context.Context, article Article) error
	// AddDownload stores a file that is offered, and forgets those which have ended.
	AddDownload(ctx context.Context, download Download, now time.Time) error
	// AddAttachments stores attachments and gives them their ids. One that its message has
	// brought before keeps the id 0.
	AddAttachments(ctx context.Context, added []*Attachment) error
	// LockAttachment gives an attachment and holds it for this transaction.
	LockAttachment(ctx context.Context, tenant string, id int64) (Attachment, bool, error)
	// SaveAttachment stores the ticket, the type and the source of an attachment.
	SaveAttachment(ctx context.Context, a Attachment) error
	// KeepUpload makes what was uploaded the content of an attachment, or what is kept
	// already where it is the same.
	KeepUpload(ctx context.Context, a *Attachment, stored Upload) error
	// LockRecord gives what is known of the record of a ticket, which is little where it has
	// none yet, and holds it for this transaction.
	LockRecord(ctx context.Context, t *Ticket) (Record, error)
	// SaveRecord stores what is known of a record that was locked.
	SaveRecord(ctx context.Context, record Record) error
	// LockPolling gives how far the system of record was read, and holds that for this transaction.
	LockPolling(ctx context.Context) (Polling, error)
	// SavePolling stores how far the system of record was read.
	SavePolling(ctx context.Context, p Polling) error
	// Hear stores messages of records, and gives the numbers of those that were not there before.
	Hear(ctx context.Context, messages []RecordMessage) ([]int64, error)
	// Attend notes that something was done about messages.
	Attend(ctx context.Context, numbers ...int64) error
	// DropAttachment removes an attachment, and its content where no other one has it.
	DropAttachment(ctx context.Context, a Attachment) error
}

// Mailer sends mails. Its error is a [*Postponed] where the mail may go later, and
// a [*MailRefused] where it never will.
type Mailer interface {
	Send(ctx context.Context, mail Mail) error
}

// Query chooses tickets of a tenant, most urgent first: by class, then oldest first.
type Query struct {
	Tenant string
	// Open leaves out closed tickets.
	Open bool
	// Owner is the id of the owner; empty for any.
	Owner string
	// Unowned chooses tickets without an owner.
	Unowned bool
	// Unreached chooses tickets of which somebody cannot be told.
	Unreached bool
	// Escalated chooses tickets with an open escalation.
	Escalated bool
	// Late chooses tickets whose next clock was over at that time; zero for any.
	Late time.Time
	// Class chooses tickets of one class; empty for any.
	Class Class
	// Word has to stand in the title, the customer or the number, whatever its case.
	Word        string
	Skip, Limit int
}

// Page is a part of what a [Query] found, and how much there is in all.
type Page struct {
	Tickets []*Ticket
	Total   int
}

// ErrDraftStale is the answer of a store to a draft that was stored by somebody else meanwhile.
var ErrDraftStale = &Error{Kind: Stale, Message: "error.draft_stale"}

// ErrRepeated is the answer of a store to a history line whose key is stored already.
var ErrRepeated = &Error{Kind: Stale, Message: "error.stale"}

// Records is the system of record, Odoo, in which each ticket has a record. What
// goes wrong it says with a [RecordError]. Every call may come again with the same
// key, also while the first is still being done: it is done once.
type Records interface {
	// Put makes the record of a ticket unless one is there under the ticket's
	// [Ticket.RecordKey], and gives it. A record that is there stays as it is.
	Put(ctx context.Context, key string, values RecordValues) (RecordRef, error)
	// Record gives a record as it is now.
	Record(ctx context.Context, ref RecordRef) (RecordState, error)
	// Update changes what the values name, and gives the record as it is then.
	Update(ctx context.Context, ref RecordRef, values RecordValues) (RecordState, error)
	// Attach stores a file with a record under a key, and gives its id there. The content is
	// read when it has to be sent.
	Attach(ctx context.Context, ref RecordRef, key string, file RecordFile) (int64, error)
	// Post writes a message on a record under its key, and gives the message's id.
	Post(ctx context.Context, ref RecordRef, post RecordPost) (int64, error)
	// Changed gives the records that changed at or after a time, oldest first, those after
	// the given id where the time is the same: at most limit.
	Changed(ctx context.Context, since time.Time, after int64, limit int) ([]RecordState, error)
	// Messages gives the messages with ids after the given one on any record, in the order of
	// their ids: at most limit. Our own are among them, marked. One without a record is of no
	// concern, and there for its number only.
	Messages(ctx context.Context, after int64, limit int) ([]RecordMessage, error)
	// Content writes the content of a file of a message.
	Content(ctx context.Context, file int64, to io.Writer) error
	// Newest tells how far the system has come. Polling begins there.
	Newest(ctx context.Context) (RecordMark, error)
	// Find gives the record that people call by the label, or a [RecordError] that it is gone.
	Find(ctx context.Context, label string) (RecordState, error)
}

// Library is where articles stand beside Handrail's own store: Odoo's knowledge base.
// What goes wrong it says with a [RecordError].
type Library interface {
	// Put makes the page of an article unless one is there under the key, and has it say
	// what the article says, unless somebody has changed it there since it was left: that
	// is [ShelfChanged]. It gives where the page stands, zero where there is no library.
	// The call may come again, also while the first is still being done.
	Put(ctx context.Context, key string, page LibraryPage, was Shelf) (Shelf, error)
	// Search gives the pages in which most of the words stand: at most limit. The words
	// are those of [SearchWords].
	Search(ctx context.Context, words []string, limit int) ([]Found, error)
}

// Census counts and reads many records at once, for a [Comparison]. What goes wrong it
// says with a [RecordError].
type Census interface {
	// Totals gives the system's own counts of the records with the numbers, put away or not.
	Totals(ctx context.Context, numbers []int64) (RecordTotals, error)
	// States gives those of the records that are there: of each its number, its stage and
	// what that stands for, and whether it was put away.
	States(ctx context.Context, numbers []int64) ([]RecordState, error)
}
