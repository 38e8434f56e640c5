package ticket

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Job is work that is done after a transaction, by any process, at least once.
// Its kind is a stored word and its fields are stored as JSON: add to them,
// never rename.
type Job interface {
	Kind() string
}

// Task is a job with the time from which it may be done; zero means at once.
type Task struct {
	Job
	At time.Time
	// Many tells that it is one of many for the same event: it gives way to others.
	Many bool
}

// Urgency says which of the jobs that may be done now goes first: the smaller one.
type Urgency int

// The urgencies of jobs. A flood of reminders, say after an outage, must not
// hold up what people wait for.
const (
	Awaited Urgency = iota + 1 // somebody has asked and waits for it
	Usual                      // what follows from a change, in a place or two
	News                       // what tells people of what they have not asked for
	// Clocks are last: a clock that rings makes more news, for which there is
	// room only as fast as Teams takes what there is already.
	Clocks
)

// Urgency says which tasks go before this one.
func (t Task) Urgency() Urgency {
	switch t.Job.(type) {
	case Say, PostCard, PostBoard, PostReport, PostFiles, FetchAttachment, FindArticles, PostComparison:
		if t.Many {
			return News
		}
		return Awaited
	case SendRecord:
		if t.Many {
			return Clocks
		}
		return Usual
	case EditCard, TellNews, Remind, TellUnanswered, TellClimb:
		return News
	case RingClock, RetimeClocks, ClimbEscalation, RepairRecords, IndexTickets:
		return Clocks
	default:
		return Usual
	}
}

// Lane says in which of the lanes a job waits: a system of record that hangs must not
// keep anybody from their cards.
type Lane string

// The lanes.
const (
	UsualLane  Lane = ""
	RecordLane Lane = "records"
)

// Lane says in which lane the task waits.
func (t Task) Lane() Lane {
	switch t.Job.(type) {
	case SendRecord:
		return RecordLane
	default:
		return UsualLane
	}
}

// PostCard sends the live card of a ticket as the new message that the post stands for.
type PostCard struct {
	Tenant string `json:"tenant"`
	Post   int64  `json:"post"`
}

// RefreshCards brings every copy of a ticket's card to its newest state.
type RefreshCards struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
}

// EditCard brings one copy of a ticket's card to the ticket's newest state.
type EditCard struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
	Post   int64  `json:"post"`
}

// TellOfChange tells the owner of a ticket of a change by somebody else that they
// have to act on.
type TellOfChange struct {
	Tenant string    `json:"tenant"`
	Number int64     `json:"number"`
	What   EntryKind `json:"what"`
	// By is who made the change.
	By Person `json:"by"`
}

// RetireCard puts a notice in the place of a ticket's card that is shown
// further down in the same conversation now.
type RetireCard struct {
	Place
	Number   int64  `json:"number"`
	Activity string `json:"activity"`
}

// Say sends a message that belongs to no ticket's state: an answer to a
// command, a form, a notice.
type Say struct {
	Place
	// Text is Markdown; it is sent without Card.
	Text string `json:"text,omitempty"`
	// Card is an Adaptive Card; it is sent without Text.
	Card json.RawMessage `json:"card,omitempty"`
	// Summary is what a notification shows of a card.
	Summary string `json:"summary,omitempty"`
	// Mentions are the people whom Text names as "<at>Name</at>".
	Mentions []Person `json:"mentions,omitempty"`
	// Replaces is the id of the bot's message that is edited; empty for a new one.
	Replaces string `json:"replaces,omitempty"`
	// Else is said where the place takes no message; nil for nothing.
	Else *Say `json:"else,omitempty"`
}

// RingClock looks at a clock of a ticket when it is due.
type RingClock struct {
	Tenant string    `json:"tenant"`
	Number int64     `json:"number"`
	Clock  ClockKind `json:"clock"`
	Due    time.Time `json:"due"`
	// Again is the end of a snooze; zero when the clock rings for the first time.
	Again time.Time `json:"again,omitzero"`
}

// Remind reminds one person of a clock: the owner, as it is when the job is
// done, or a lead. The job finds the way to them.
type Remind struct {
	Tenant string    `json:"tenant"`
	Number int64     `json:"number"`
	Clock  ClockKind `json:"clock"`
	Due    time.Time `json:"due"`
	Again  time.Time `json:"again,omitzero"`
	// Lead is the Entra object id of the lead; empty for the owner.
	Lead string `json:"lead,omitempty"`
}

// RemindThere reminds of a clock in one conversation. Nobody asks for it any
// more but an older Handrail, which in its turn does not know [Remind]: beside a
// newer one, it would take it for done.
type RemindThere struct {
	Place
	// Whom is mentioned; nil for nobody.
	Whom   *Person   `json:"whom,omitempty"`
	Number int64     `json:"number"`
	Clock  ClockKind `json:"clock"`
	Due    time.Time `json:"due"`
}

// Key is the history's key of a reminder that went out: it does not go out twice.
func (r Remind) Key() string {
	return strings.Join([]string{"remind", Number(r.Number), string(r.Clock), instant(&r.Due), instant(&r.Again), r.Lead}, " ")
}

// MarkUnreached notes on the open tickets of a place that nothing can be sent there.
type MarkUnreached struct {
	Place
	// After is the number of the last ticket that is marked already.
	After int64 `json:"after,omitempty"`
}

// MarkReached takes the marks of a place or a person from all open tickets.
type MarkReached struct {
	Place
	Person Person `json:"person,omitzero"`
}

// RetimeClocks lays the clocks of all open tickets anew, a page at a time,
// after the desk's times were changed.
type RetimeClocks struct {
	// After is the last ticket that is done.
	Tenant string `json:"tenant,omitempty"`
	Number int64  `json:"number,omitempty"`
}

// TellOwner tells a person of tickets that they look after from now on: in
// person, else with a mention where it was said or where one of the tickets is shown.
type TellOwner struct {
	// Place is where it was said.
	Place
	// Numbers are the tickets, the most urgent first.
	Numbers []int64 `json:"numbers"`
	// By is who has handed them over, or is away.
	By   Person `json:"by"`
	To   Person `json:"to"`
	Note string `json:"note,omitempty"`
	// Until is the end of the absence for which To stands in; nil for a new owner.
	Until *time.Time `json:"until,omitempty"`
}

// MarkAbsence writes on a person's open tickets that they are away, or back.
type MarkAbsence struct {
	Tenant string `json:"tenant"`
	Person Person `json:"person"`
	// Since names the absence.
	Since time.Time `json:"since"`
	Over  bool      `json:"over,omitempty"`
}

// EndAbsence ends an absence when its time has come.
type EndAbsence struct {
	Tenant string `json:"tenant"`
	Person string `json:"person"`
	// Since names the absence.
	Since time.Time `json:"since"`
}

// ClimbEscalation looks whether an escalation was answered in time.
type ClimbEscalation struct {
	Tenant     string `json:"tenant"`
	Number     int64  `json:"number"`
	Escalation int    `json:"escalation"`
	// Step is how often it had gone on when the job was left.
	Step int `json:"step"`
}

// AskInPerson finds the way to a person whose turn it is while the place of
// their level cannot be reached.
type AskInPerson struct {
	Tenant     string `json:"tenant"`
	Number     int64  `json:"number"`
	Escalation int    `json:"escalation"`
	Step       int    `json:"step"`
	Person     Person `json:"person"`
}

// MailEscalation writes to the addresses of the last resort.
type MailEscalation struct {
	Tenant     string   `json:"tenant"`
	Number     int64    `json:"number"`
	Escalation int      `json:"escalation"`
	To         []string `json:"to"`
}

// TellReply tells whoever asked a question of the owner's answer, where it was asked.
type TellReply struct {
	Tenant     string `json:"tenant"`
	Number     int64  `json:"number"`
	Escalation int    `json:"escalation"`
	// Question is the number of the question, from 1.
	Question int `json:"question"`
}

// TellUnanswered tells a lead that nobody is left to be asked.
type TellUnanswered struct {
	Tenant     string `json:"tenant"`
	Number     int64  `json:"number"`
	Escalation int    `json:"escalation"`
	// Step is how often it had gone on by then.
	Step int `json:"step,omitempty"`
	// Lead is the Entra object id of the lead.
	Lead string `json:"lead"`
}

// Kind gives the stored word of the job.
func (ClimbEscalation) Kind() string { return "escalation.climb" }

// Kind gives the stored word of the job.
func (AskInPerson) Kind() string { return "escalation.in_person" }

// Kind gives the stored word of the job.
func (MailEscalation) Kind() string { return "escalation.mail" }

// Kind gives the stored word of the job.
func (TellReply) Kind() string { return "escalation.reply" }

// Kind gives the stored word of the job.
func (TellUnanswered) Kind() string { return "escalation.unanswered" }

// Kind gives the stored word of the job.
func (TellOfChange) Kind() string { return "change.tell" }

// Kind gives the stored word of the job.
func (MarkAbsence) Kind() string { return "absence.mark" }

// Kind gives the stored word of the job.
func (EndAbsence) Kind() string { return "absence.end" }

// Announce tells those who follow a ticket what happened to it.
type Announce struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
	// Version is that of the change which asked for it.
	Version int64 `json:"version"`
	// Here is told where nobody follows the ticket; nil for nobody.
	Here *Place `json:"here,omitempty"`
}

// TellNews tells a place that has the ticket's card already what happened.
type TellNews struct {
	Place
	Number  int64   `json:"number"`
	Version int64   `json:"version"`
	Events  []Event `json:"events"`
}

// Summarize tells a place what its quiet hours have held back. It looks at the
// hours when it runs, so late, double and early ones are harmless.
type Summarize struct {
	Place
}

// Kind gives the stored word of the job.
func (PostCard) Kind() string { return "card.post" }

// Kind gives the stored word of the job.
func (RefreshCards) Kind() string { return "card.refresh" }

// Kind gives the stored word of the job.
func (EditCard) Kind() string { return "card.edit" }

// Kind gives the stored word of the job.
func (TellOwner) Kind() string { return "owner.tell" }

// Kind gives the stored word of the job.
func (RetireCard) Kind() string { return "card.retire" }

// Kind gives the stored word of the job.
func (Say) Kind() string { return "chat.say" }

// Kind gives the stored word of the job.
func (RingClock) Kind() string { return "clock.ring" }

// Kind gives the stored word of the job.
func (Remind) Kind() string { return "clock.tell" }

// Kind gives the stored word of the job.
func (RemindThere) Kind() string { return "clock.remind" }

// Kind gives the stored word of the job.
func (MarkUnreached) Kind() string { return "reach.lost" }

// Kind gives the stored word of the job.
func (MarkReached) Kind() string { return "reach.found" }

// Kind gives the stored word of the job.
func (RetimeClocks) Kind() string { return "clock.retime" }

// Kind gives the stored word of the job.
func (Announce) Kind() string { return "status.announce" }

// Kind gives the stored word of the job.
func (TellNews) Kind() string { return "status.news" }

// Kind gives the stored word of the job.
func (Summarize) Kind() string { return "status.summary" }

// Postponed is the error of a job that has to be tried again after a while and
// has not failed: the world was busy.
type Postponed struct {
	After time.Duration
	// Turn tells that its turn comes then: it is not made to wait longer the more
	// often it was postponed.
	Turn  bool
	Cause error
}

// Error says how long, and why.
func (p *Postponed) Error() string { return fmt.Sprintf("postponed by %s: %v", p.After, p.Cause) }

// Unwrap gives the cause.
func (p *Postponed) Unwrap() error { return p.Cause }
