package ticket_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones by name, whatever the machine has

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

func long(s string, n int) string { return strings.Repeat(s, n) }

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

// filled gives a good intake, changed by the function.
func filled(change func(*ticket.Intake)) ticket.Intake {
	in := ticket.Intake{Title: "Invoices cannot be posted", Customer: "Contoso", Details: "Since this morning.", Users: "12"}
	change(&in)
	return in
}

func TestAGoodIntakeIsTaken(t *testing.T) {
	t.Parallel()
	in := ticket.Intake{
		Title: "  Invoices\tcannot\r\nbe   posted ", Customer: " Contoso\n", Details: "One.\r\nTwo.\rThree.\n\n\tFour. ",
		Users: " 12 ", Date: "2026-03-05", Time: "14:30", Zone: zone(t, "Europe/Berlin"),
	}
	got, err := in.Check(morning)
	if err != nil {
		t.Fatal(err)
	}
	want := ticket.Facts{
		Title: "Invoices cannot be posted", Customer: "Contoso", Details: "One.\nTwo.\nThree.\n\n\tFour.",
		Users: new(12), DueAt: new(time.Date(2026, 3, 5, 13, 30, 0, 0, time.UTC)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTextsOfPeopleAreTakenAsTextAndCleaned(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, typed, want string }{
		{"a Markdown link", "](http://x)", "](http://x)"},
		{"a mention", "<at>everyone</at>", "<at>everyone</at>"},
		{"a template", "${title}", "${title}"},
		{"emoji with joiners", "👩‍👩‍👧 down 🚨", "👩‍👩‍👧 down 🚨"},
		{"a flag with tags", "🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"},
		{"a text from right to left", "הזמנה לא נשלחת", "הזמנה לא נשלחת"},
		{"Persian with a non-joiner", "می\u200cخواهم", "می\u200cخواهم"},
		{"overrides of direction", "pay\u202eexe.\u202c\u2066now\u2069", "payexe.now"},
		{"zero-width spaces", "in\u200bvoice\ufeff", "invoice"},
		{"NUL and other controls", "in\x00vo\x1bice\x7f", "invoice"},
		{"broken UTF-8", "in\xffvoice", "in\ufffdvoice"},
		{"line breaks of every kind", "one\ntwo\r\nthree\rfour\u2028five", "one two three four five"},
		{"spaces of every kind", "\u3000one\u00a0\u2003two\u00a0", "one two"},
		{"exactly as long as it may be", long("é", 200), long("é", 200)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			facts, err := filled(func(in *ticket.Intake) { in.Title = test.typed }).Check(morning)
			if err != nil {
				t.Fatal(err)
			}
			if facts.Title != test.want {
				t.Errorf("%q, want %q", facts.Title, test.want)
			}
		})
	}
}

func TestBadInputIsNamedFieldByField(t *testing.T) {
	t.Parallel()
	title := func(s string) func(*ticket.Intake) { return func(in *ticket.Intake) { in.Title = s } }
	users := func(s string) func(*ticket.Intake) { return func(in *ticket.Intake) { in.Users = s } }
	due := func(date, clock string) func(*ticket.Intake) {
		return func(in *ticket.Intake) { in.Date, in.Time = date, clock }
	}
	for _, test := range []struct {
		name string
		typ  func(*ticket.Intake)
		want []string
	}{
		{"a title of 5,000 characters", title(long("a", 5000)), []string{"title: error.title_long"}},
		{"a title of 201 characters", title(long("é", 201)), []string{"title: error.title_long"}},
		{"no title", title(""), []string{"title: error.title_required"}},
		{"a title of spaces", title(" \t\u00a0\u3000 "), []string{"title: error.title_required"}},
		{"a title of line breaks", title("\r\n\n\r\u2029"), []string{"title: error.title_required"}},
		{"a title of zero-width characters", title("\u200b\u200c\u200d\u2060\ufeff\u00ad"), []string{"title: error.title_required"}},
		{"a title of direction marks", title("\u202e\u200f\u061c\u2067"), []string{"title: error.title_required"}},
		{"a title of fillers", title("\u3164\uffa0\u2800\ufe0f\u034f"), []string{"title: error.title_required"}},
		{"a title of NULs", title("\x00\x00"), []string{"title: error.title_required"}},
		{"no customer", func(in *ticket.Intake) { in.Customer = "\u200b" }, []string{"customer: error.customer_required"}},
		{"a very long customer", func(in *ticket.Intake) { in.Customer = long("c", 121) }, []string{"customer: error.customer_long"}},
		{"no details", func(in *ticket.Intake) { in.Details = "\r\n" }, []string{"details: error.details_required"}},
		{"very long details", func(in *ticket.Intake) { in.Details = long("d", 4001) }, []string{"details: error.details_long"}},

		{"users: lots", users("lots"), []string{"users: error.users_unclear"}},
		{"users: -3", users("-3"), []string{"users: error.users_unclear"}},
		{"users: −3 with a real minus sign", users("−3"), []string{"users: error.users_unclear"}},
		{"users: 1e9", users("1e9"), []string{"users: error.users_unclear"}},
		{"users: 12.5", users("12.5"), []string{"users: error.users_unclear"}},
		{"users: NaN", users("NaN"), []string{"users: error.users_unclear"}},
		{"users: 0x10", users("0x10"), []string{"users: error.users_unclear"}},
		{"users: 1,000", users("1,000"), []string{"users: error.users_unclear"}},
		{"users: a million and one", users("1000001"), []string{"users: error.users_many"}},
		{"users: more than a machine counts", users(long("9", 40)), []string{"users: error.users_many"}},
		{"users: less than a machine counts", users("-" + long("9", 40)), []string{"users: error.users_unclear"}},
		{"neither users nor date", users(" "), []string{"users: error.users_or_date"}},

		{"yesterday", due("2026-03-01", ""), []string{"date: error.date_past"}},
		{"this very minute", due("2026-03-02", "09:00"), []string{"date: error.date_past"}},
		{"2 pm without a date", due("", "14:00"), []string{"date: error.date_required"}},
		{"2 pm without a date, and no users", func(in *ticket.Intake) { in.Users, in.Time = "", "14:00" }, []string{"date: error.date_required"}},
		{"31 February", due("2026-02-31", ""), []string{"date: error.date_unclear"}},
		{"a date as Americans write it", due("03/05/2026", ""), []string{"date: error.date_unclear"}},
		{"tomorrow, in words", due("tomorrow", ""), []string{"date: error.date_unclear"}},
		{"a date of which no clock counts", due("9999-12-31", ""), []string{"date: error.date_unclear"}},
		{"a year of five digits", due("12026-03-05", ""), []string{"date: error.date_unclear"}},
		{"a time in words", due("2026-03-05", "2 pm"), []string{"time: error.time_unclear"}},
		{"25 o'clock", due("2026-03-05", "25:00"), []string{"time: error.time_unclear"}},
		{"24:00", due("2026-03-05", "24:00"), []string{"time: error.time_unclear"}},

		{
			"everything at once", func(in *ticket.Intake) { *in = ticket.Intake{Users: "lots", Date: "soon"} },
			[]string{
				"title: error.title_required", "customer: error.customer_required", "details: error.details_required",
				"users: error.users_unclear", "date: error.date_unclear",
			},
		},
		{
			"nothing at all", func(in *ticket.Intake) { *in = ticket.Intake{} },
			[]string{
				"title: error.title_required", "customer: error.customer_required", "details: error.details_required",
				"users: error.users_or_date",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			facts, err := filled(test.typ).Check(morning)
			wantSaid(t, err, test.want...)
			if diff := cmp.Diff(ticket.Facts{}, facts); diff != "" {
				t.Errorf("with its faults the intake gives facts: %s", diff)
			}
			if kind := ticket.KindOf(err); kind != ticket.Invalid {
				t.Errorf("the kind is %s", kind)
			}
		})
	}
}

func TestAFaultRepeatsOnlyTheBeginningOfWhatWasTyped(t *testing.T) {
	t.Parallel()
	_, err := filled(func(in *ticket.Intake) { in.Users = "lots\u202e " + long("and lots ", 600) }).Check(morning)
	var faults ticket.Faults
	if !errors.As(err, &faults) || len(faults) != 1 {
		t.Fatalf("not one fault: %v", err)
	}
	if want := "lots and lots and lots and lots and lots…"; faults[0].Args["Typed"] != want {
		t.Errorf("it repeats %q, want %q", faults[0].Args["Typed"], want)
	}
}

func TestNumbersOfUsersThatAreBelieved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		typed string
		want  int
	}{{"0", 0}, {"12", 12}, {" 12 ", 12}, {"\u00a07\t", 7}, {"007", 7}, {"1000000", 1_000_000}} {
		facts, err := filled(func(in *ticket.Intake) { in.Users = test.typed }).Check(morning)
		if err != nil {
			t.Errorf("%q: %v", test.typed, err)
		} else if facts.Users == nil || *facts.Users != test.want {
			t.Errorf("%q is read as %v", test.typed, facts.Users)
		}
	}
	facts, err := filled(func(in *ticket.Intake) { in.Users, in.Date = "", "2026-03-05" }).Check(morning)
	if err != nil || facts.Users != nil {
		t.Errorf("a date alone: %v users, %v", facts.Users, err)
	}
}

func TestDatesAreReadOnThePersonsClock(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, zone, date, clock, want string
	}{
		{"nobody knows the zone", "", "2026-03-05", "", "2026-03-05T23:59:00Z"},
		{"nobody knows the zone, with a time", "", "2026-03-05", "14:30", "2026-03-05T14:30:00Z"},
		{"a time with one digit", "", "2026-03-05", "9:05", "2026-03-05T09:05:00Z"},
		{"the end of the day in Berlin", "Europe/Berlin", "2026-03-05", "", "2026-03-05T22:59:00Z"},
		{"the end of the day in Los Angeles", "America/Los_Angeles", "2026-03-05", "", "2026-03-06T07:59:00Z"},
		{"the end of the day in Ho Chi Minh City", "Asia/Ho_Chi_Minh", "2026-03-05", "", "2026-03-05T16:59:00Z"},
		{"the end of the day in Kathmandu", "Asia/Kathmandu", "2026-03-05", "", "2026-03-05T18:14:00Z"},
		{"the end of the day on Kiritimati", "Pacific/Kiritimati", "2026-03-05", "", "2026-03-05T09:59:00Z"},
		{"today, where it is still today", "Pacific/Pago_Pago", "2026-03-01", "", "2026-03-02T10:59:00Z"},
		{"the end of a day of 23 hours", "Europe/Berlin", "2026-03-29", "", "2026-03-29T21:59:00Z"},
		{"the end of a day of 25 hours", "Europe/Berlin", "2026-10-25", "", "2026-10-25T22:59:00Z"},
		{"before the clocks go forward", "Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59:00Z"},
		{"after the clocks have gone forward", "Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"},
		{"a day whose midnight does not exist", "America/Santiago", "2026-09-06", "", "2026-09-07T02:59:00Z"},
		{"the noon of a day whose midnight does not exist", "America/Santiago", "2026-09-06", "12:00", "2026-09-06T15:00:00Z"},
		{"the last year that is believed", "", "2076-12-31", "", "2076-12-31T23:59:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := filled(func(in *ticket.Intake) { in.Date, in.Time = test.date, test.clock })
			if test.zone != "" {
				in.Zone = zone(t, test.zone)
			}
			facts, err := in.Check(morning)
			if err != nil {
				t.Fatal(err)
			}
			if got := facts.DueAt.Format(time.RFC3339); got != test.want {
				t.Errorf("due at %s, want %s", got, test.want)
			}
		})
	}
}

func TestATimeThatTheClocksSkipOrRepeatIsStillOnThatDay(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, date := range []string{"2026-03-29", "2026-10-25"} {
		facts, err := filled(func(in *ticket.Intake) { in.Date, in.Time, in.Zone = date, "02:30", berlin }).Check(morning)
		if err != nil {
			t.Fatal(err)
		}
		due := facts.DueAt.In(berlin)
		if due.Format(time.DateOnly) != date || due.Hour() < 1 || due.Hour() > 3 || due.Minute() != 30 {
			t.Errorf("02:30 on %s is read as %s", date, due)
		}
	}
}

func TestYesterdayIsYesterdayOnThePersonsClock(t *testing.T) {
	t.Parallel()
	// At 09:00 UTC on 2 March it is 3 March nowhere yet, but on Kiritimati 2 March is nearly over.
	in := filled(func(in *ticket.Intake) {
		in.Date, in.Time, in.Zone = "2026-03-02", "22:59", zone(t, "Pacific/Kiritimati")
	})
	_, err := in.Check(morning)
	wantSaid(t, err, "date: error.date_past")
	in.Time = "23:01"
	if _, err := in.Check(morning); err != nil {
		t.Error(err)
	}
}

func FuzzAnIntakeIsTakenOrRefusedAndNeverPanics(f *testing.F) {
	f.Add("title", "customer", "details", "12", "2026-03-05", "14:00")
	f.Add("\u202e\x00", "](http://x)", "${title}", "1e9", "9999-12-31", "24:00")
	f.Fuzz(func(t *testing.T, title, customer, details, users, date, clock string) {
		in := ticket.Intake{Title: title, Customer: customer, Details: details, Users: users, Date: date, Time: clock}
		facts, err := in.Check(morning)
		if err != nil {
			if ticket.KindOf(err) != ticket.Invalid {
				t.Errorf("a person cannot read %v", err)
			}
			return
		}
		for _, s := range []string{facts.Title, facts.Customer, facts.Details} {
			if s == "" || s != ticket.Clean(s) {
				t.Errorf("%q is not clean", s)
			}
		}
		if strings.ContainsAny(facts.Title, "\r\n\t") {
			t.Errorf("the title %q is not one line", facts.Title)
		}
		again := in
		again.Title, again.Customer, again.Details = facts.Title, facts.Customer, facts.Details
		if same, err := again.Check(morning); err != nil || cmp.Diff(facts, same) != "" {
			t.Errorf("what was taken is not taken again: %v", err)
		}
	})
}
