package ticket_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
)

// recorded is a system of record that is there, and is asked for nothing.
type recorded struct{ ticket.Records }

// meets has somebody be seen, and gives whether their addresses are asked for.
func (d *desk) meets(who ticket.Acquaintance) bool {
	d.tb.Helper()
	d.store.TakeTasks()
	who.Tenant, who.SeenAt = "desk", d.now
	err := d.store.InTx(d.tb.Context(), func(tx ticket.Tx) error { return d.Meet(d.tb.Context(), tx, who, thread) })
	if err != nil {
		d.tb.Fatal(err)
	}
	tasks := d.store.TakeTasks()
	if len(tasks) == 1 {
		if job, ok := tasks[0].Job.(ticket.LearnMail); !ok || job.Place != thread || job.Person.ID != who.ID {
			d.tb.Errorf("the job is %+v", tasks[0].Job)
		}
	}
	return len(tasks) > 0
}

func (d *desk) learnt(who ticket.Acquaintance, mail, signIn string, refused bool) ticket.Acquaintance {
	d.tb.Helper()
	if err := d.MailLearnt(d.tb.Context(), ticket.LearnMail{Place: thread, Person: who.Person}, mail, signIn, refused); err != nil {
		d.tb.Fatal(err)
	}
	known, _, err := d.store.Person(d.tb.Context(), "desk", who.ID)
	if err != nil {
		d.tb.Fatal(err)
	}
	return known
}

// says holds an error to the sentence that a person reads.
func says(tb testing.TB, err error, message string) {
	tb.Helper()
	if said, ok := errors.AsType[*ticket.Error](err); !ok || said.Message != message {
		tb.Errorf("the error is %v, want %s", err, message)
	}
}

func TestTheAddressesOfAPersonAreAskedForOnceAMonth(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	who := ticket.Acquaintance{Person: ticket.Person{ID: "29:ana", Name: "Ana Lima"}}
	if d.meets(who) {
		t.Error("they are asked for where nothing needs them")
	}
	d.Records = recorded{}
	if !d.meets(who) {
		t.Error("they are not asked for")
	}
	d.learnt(who, "Ana@Contoso.com", "", false)
	if d.meets(who) {
		t.Error("they are asked for again at once")
	}
	nameless := who
	nameless.Name = ""
	if d.meets(nameless) {
		t.Error("they are asked for because an activity has no name")
	}
	d.now = d.now.Add(30*24*time.Hour - time.Second)
	if d.meets(who) {
		t.Error("they are asked for within the month")
	}
	d.now = d.now.Add(time.Second)
	if !d.meets(who) {
		t.Error("they are not asked for after a month")
	}
	d.learnt(who, "ana@contoso.com", "", false)
	who.Name = "Ana Souza"
	if !d.meets(who) {
		t.Error("they are not asked for though the name is new")
	}
	// Refused: what is known stays, and they are asked for the next day.
	if known := d.learnt(who, "", "", true); known.Mail != "ana@contoso.com" {
		t.Errorf("the address is %q", known.Mail)
	}
	d.now = d.now.Add(24*time.Hour - time.Second)
	if d.meets(who) {
		t.Error("they are asked for within the day")
	}
	d.now = d.now.Add(time.Second)
	if !d.meets(who) {
		t.Error("they are not asked for the day after")
	}
}

func TestWhatTheOrganisationTellsIsAnAddressOrNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Records = recorded{}
	who := ticket.Acquaintance{Person: ticket.Person{ID: "29:ana", Name: "Ana Lima"}}
	d.meets(who)
	for told, want := range map[string]string{
		"Ana@Contoso.com": "ana@contoso.com", "ana": "", `CONTOSO\ana`: "", "": "",
		"ana_contoso.com#EXT#@fabrikam.onmicrosoft.com": "", "ana@contoso.com, ben@contoso.com": "",
	} {
		if known := d.learnt(who, told, told, false); known.Mail != want || known.SignIn != want {
			t.Errorf("%q is learnt as %q and %q, want %q", told, known.Mail, known.SignIn, want)
		}
	}
}

func TestAPersonSaysTheirOwnAddressAndNobodyElses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Records = recorded{}
	anas := ticket.Acquaintance{Person: ana.Person}
	bens := ticket.Acquaintance{Person: bo.Person}
	d.meets(anas)
	d.meets(bens)
	d.learnt(anas, "ana@contoso.com", "", false)
	for typed, message := range map[string]string{
		"Ana@contoso.com": "error.mail_taken", "ana": "error.mail_unclear", "Ben <ben@other.example>": "error.mail_unclear",
		"ben@" + strings.Repeat("x", 70) + ".example": "error.mail_unclear",
	} {
		_, err := d.SayMail(t.Context(), bo, typed)
		says(t, err, message)
	}
	who, err := d.SayMail(t.Context(), bo, "Ben@Other.example")
	if err != nil || who.OwnMail != "ben@other.example" || who.ID != bo.ID {
		t.Errorf("it is %+v, %v", who, err)
	}
	_, err = d.SayMail(t.Context(), ana, "ben@other.example")
	says(t, err, "error.mail_taken")
	// Said again it is theirs still; taken back it is nobody's.
	for _, typed := range []string{"ben@other.example", ""} {
		if _, err := d.SayMail(t.Context(), bo, typed); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if _, err := d.SayMail(t.Context(), ana, "ben@other.example"); err != nil {
		t.Errorf("the address was taken back, but %v", err)
	}
}

func TestTheTicketsOfAPersonFollowToTheUserWithTheirAddress(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	r.meets(ticket.Acquaintance{Person: ana.Person})
	r.meets(ticket.Acquaintance{Person: bo.Person})
	for key, by := range map[string]ticket.Actor{"k1": ana, "k2": ana, "k3": ana, "k4": bo} {
		r.open(by, opening(key))
	}
	closed := r.open(ana, opening("k5"))
	r.change(ana, ticket.Press{ID: closed.ID}, func(c *ticket.Change) error { return c.CloseEarly("A duplicate.") })
	r.work()
	owners := func(mail string) (count int) {
		for _, record := range r.records.All() {
			if record.Owner.Mail == mail {
				count++
			}
		}
		return count
	}
	step := func(what, mail string, want, jobs int, do func() error) {
		t.Helper()
		calls := 0
		r.records.Before = func(context.Context, string, string) error { calls++; return nil }
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if tasks := len(r.store.Tasks()); tasks != jobs {
			t.Errorf("%s leaves %d jobs, want %d", what, tasks, jobs)
		}
		r.work()
		if got := owners(mail); got != want || (calls > 0) != (jobs > 0) {
			t.Errorf("%s: %d records are of %q, want %d; there were %d calls", what, got, mail, want, calls)
		}
	}
	learn := func(mail string, refused bool) func() error {
		return func() error {
			return r.MailLearnt(t.Context(), ticket.LearnMail{Place: thread, Person: ana.Person}, mail, "", refused)
		}
	}
	say := func(mail string) func() error {
		return func() error { _, err := r.SayMail(t.Context(), ana, mail); return err }
	}
	step("Teams tells it", "ana@contoso.com", 3, 3, learn("ana@contoso.com", false))
	step("Teams tells the same", "ana@contoso.com", 3, 0, learn("ana@contoso.com", false))
	step("Teams tells nothing", "ana@contoso.com", 3, 0, learn("", true))
	step("she says another", "ana@other.example", 3, 3, say("ana@other.example"))
	step("she says the same", "ana@other.example", 3, 0, say("ana@other.example"))
	step("Teams tells a new one, which is not what she said", "ana@other.example", 3, 0, learn("ana@new.example", false))
	step("she takes hers back", "ana@new.example", 3, 3, say(""))
	if n := owners("ana@contoso.com"); n != 0 {
		t.Errorf("%d are of the first address still", n)
	}
}
