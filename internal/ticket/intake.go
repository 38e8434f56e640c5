package ticket

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of what people write, in characters.
const (
	MaxTitle    = 200
	MaxCustomer = 120
	MaxDetails  = 4000
	MaxReason   = 500
	MaxEvidence = 4000
	// MaxUsers is the largest number of affected users that is believed.
	MaxUsers = 1_000_000
	// MaxYears is how many years ahead a fixed date is believed.
	MaxYears = 50
)

// Fields of the intake form; also what a [Fault] of it points at.
const (
	FieldTitle    = "title"
	FieldCustomer = "customer"
	FieldDetails  = "details"
	FieldUsers    = "users"
	FieldDate     = "date"
	FieldTime     = "time"
	FieldReason   = "reason"
	FieldUntil    = "until"
	FieldChoice   = "choice"
	FieldWords    = "words"
	FieldLevel    = "level"
	FieldReasons  = "reasons"
	FieldClass    = "class"
	FieldPerson   = "person"
	FieldNote     = "note"
	FieldOverride = "override"
	FieldPeople   = "people"
	FieldMail     = "mail"
	FieldOption   = "option"
	FieldFiles    = "files"
	FieldReporter = "reporter"
)

// Intake is what a person filled in to open or edit a ticket, as typed.
type Intake struct {
	Title, Customer, Details string
	// Users is a whole number, or empty.
	Users string
	// Date is "2006-01-02" and Time "15:04", both or Date alone or neither.
	Date, Time string
	// Zone is where the person's clock stands; UTC where nobody knows.
	Zone *time.Location
}

// Facts are what a valid intake says.
type Facts struct {
	Title, Customer, Details string
	Users                    *int
	DueAt                    *time.Time
}

// Check reads the intake, or gives all its [Faults] at once. A date without a
// time means the end of that day in the person's zone.
func (in Intake) Check(now time.Time) (Facts, error) {
	var faults Faults
	facts := Facts{Title: line(in.Title), Customer: line(in.Customer), Details: Clean(in.Details)}
	text := func(field, value string, limit int) {
		switch n := utf8.RuneCountInString(value); {
		case n == 0:
			faults = append(faults, fault(field, "error."+field+"_required", nil))
		case n > limit:
			faults = append(faults, fault(field, "error."+field+"_long", map[string]any{"Limit": limit, "Length": n}))
		}
	}
	text(FieldTitle, facts.Title, MaxTitle)
	text(FieldCustomer, facts.Customer, MaxCustomer)
	text(FieldDetails, facts.Details, MaxDetails)

	users, bad := parseUsers(in.Users)
	if bad != nil {
		faults = append(faults, bad)
	}
	facts.Users = users
	due, bad := in.due(now)
	if bad != nil {
		faults = append(faults, bad)
	}
	facts.DueAt = due
	if users == nil && due == nil && strings.TrimSpace(in.Users+in.Date+in.Time) == "" {
		faults = append(faults, fault(FieldUsers, "error.users_or_date", nil))
	}
	if len(faults) > 0 {
		return Facts{}, faults
	}
	return facts, nil
}

func parseUsers(s string) (*int, *Error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(s)
	switch {
	case n > MaxUsers: // also where n is too large for an int
		return nil, fault(FieldUsers, "error.users_many", map[string]any{"Limit": MaxUsers})
	case err != nil || n < 0:
		return nil, fault(FieldUsers, "error.users_unclear", map[string]any{"Typed": shortened(s)})
	}
	return &n, nil
}

func (in Intake) due(now time.Time) (*time.Time, *Error) {
	date, clock := strings.TrimSpace(in.Date), strings.TrimSpace(in.Time)
	if date == "" {
		if clock != "" {
			return nil, fault(FieldDate, "error.date_required", nil)
		}
		return nil, nil
	}
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	// Not in the zone: where the clocks go forward at midnight, that day's
	// midnight does not exist and would be read as an hour of the day before.
	day, err := time.Parse(time.DateOnly, date)
	if err != nil || day.Year() > now.Year()+MaxYears {
		return nil, fault(FieldDate, "error.date_unclear", map[string]any{"Typed": shortened(date)})
	}
	hour, minute := 23, 59
	if clock != "" {
		at, err := time.Parse("15:04", clock)
		if err != nil {
			return nil, fault(FieldTime, "error.time_unclear", map[string]any{"Typed": shortened(clock)})
		}
		hour, minute = at.Hour(), at.Minute()
	}
	due := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, zone).UTC()
	if !due.After(now) {
		return nil, fault(FieldDate, "error.date_past", nil)
	}
	return &due, nil
}

// Clean removes what no text of a person needs and what could mislead a
// reader: control characters but line breaks and tabs, the characters that turn
// the reading direction around (U+202A–U+202E, U+2066–U+2069), zero-width
// spaces, broken UTF-8, and white space at the ends. A text of which nothing
// can be seen is empty.
func Clean(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200B, r == 0xFEFF:
			return -1
		}
		return r
	}, s)
	if !strings.ContainsFunc(s, visible) {
		return ""
	}
	return strings.TrimSpace(s)
}

// visible tells whether a character shows anything by itself. Joiners, direction
// marks and variation selectors belong to emoji and to many scripts, but alone
// they are nothing; U+2800 is a Braille cell without dots.
func visible(r rune) bool {
	return !unicode.IsSpace(r) && r != 0x2800 &&
		!unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// line is Clean for what stands on one line.
func line(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

func shortened(s string) string {
	runes := []rune(line(s))
	if len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return string(runes)
}
