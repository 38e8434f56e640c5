package ticket

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Kind says what went wrong, in the terms of a caller that has to decide what to do.
type Kind string

// The kinds of errors.
const (
	Internal  Kind = "internal"  // not the person's fault; the log has it
	Invalid   Kind = "invalid"   // what was given cannot be used
	NotFound  Kind = "not_found" // there is no such ticket for this person
	Forbidden Kind = "forbidden" // the person may not do this
	Stale     Kind = "stale"     // somebody was faster
	Unmet     Kind = "unmet"     // something has to be done before
)

// Error is an error that a person may read. Message is the id of a sentence in
// the catalog of the bot and Args what the sentence mentions; the sentence says
// what to do next.
type Error struct {
	Kind    Kind
	Message string
	Args    map[string]any
	// Field is the field of a form that the error is about, if it is about one.
	Field string
}

// Error gives the message's id and arguments, for the log.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Message)
	names := make([]string, 0, len(e.Args))
	for name := range e.Args {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, " %s=%v", name, e.Args[name])
	}
	return b.String()
}

// Faults are all the errors of one form at once, in the order of its fields.
type Faults []*Error

// Error lists the faults, for the log.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Field + ": " + fault.Error()
	}
	return strings.Join(lines, "; ")
}

// KindOf tells the kind of an error; what is not of the domain is [Internal].
func KindOf(err error) Kind {
	if one, ok := errors.AsType[*Error](err); ok {
		return one.Kind
	}
	if many, ok := errors.AsType[Faults](err); ok && len(many) > 0 {
		return many[0].Kind
	}
	return Internal
}

func fault(field, message string, args map[string]any) *Error {
	return &Error{Kind: Invalid, Message: message, Args: args, Field: field}
}

func forbidden(message string, args map[string]any) *Error {
	return &Error{Kind: Forbidden, Message: message, Args: args}
}

func unmet(message string, args map[string]any) *Error {
	return &Error{Kind: Unmet, Message: message, Args: args}
}

// ErrNotFound is the answer to a number that names no ticket of the tenant.
func ErrNotFound(number int64) *Error {
	return &Error{Kind: NotFound, Message: "error.not_found", Args: map[string]any{"Ticket": Number(number)}}
}

// Messages lists the ids of every sentence that an [Error] of this package may
// carry, so that a catalog can be checked for them.
func Messages() []string {
	return []string{
		"error.already_closed", "error.already_owned", "error.article_part", "error.article_title_long",
		"error.attach_closed", "error.attach_gone",
		"error.away_long", "error.away_past", "error.away_self", "error.cause_required",
		"error.choice_unknown", "error.class_unknown", "error.customer_long", "error.customer_required",
		"error.date_past", "error.date_required", "error.date_unclear", "error.details_long", "error.details_required", "error.draft_stale",
		"error.consequence_required", "error.draft_changed", "error.draft_sent", "error.option_long", "error.option_words",
		"error.part_long", "error.parts_missing", "error.text_long",
		"error.escalation_open", "error.escalation_none", "error.escalation_others", "error.escalation_over", "error.escalation_people",
		"error.escalation_taken", "error.escalation_waits", "error.evidence_long", "error.evidence_required",
		"error.fetch_empty", "error.fetch_no_answer", "error.fetch_no_picture", "error.fetch_too_large",
		"error.file_of_others", "error.file_unknown",
		"error.gate", "error.handover_nothing", "error.handover_self", "error.held", "error.held_secret", "error.hours_same", "error.hours_unclear",
		"error.item_unknown", "error.item_automatic", "error.item_decides", "error.item_other_step",
		"error.level_unknown", "error.likewise_names", "error.likewise_parted",
		"error.link_busy", "error.link_closed", "error.link_gone", "error.link_many", "error.link_none", "error.link_other",
		"error.link_required", "error.link_ring", "error.link_self", "error.mail_taken", "error.mail_unclear",
		"error.nothing_to_skip", "error.not_closed", "error.not_found", "error.note_long", "error.not_owner",
		"error.option_required", "error.question_none", "error.question_open", "error.reassign_asker",
		"error.route_leads", "error.route_many", "error.route_none",
		"error.person_required", "error.reason_long", "error.record_there", "error.reason_required",
		"error.reasons_required", "error.record_busy", "error.record_closed", "error.record_none", "error.record_others", "error.required_item",
		"error.snooze_breach", "error.snooze_long", "error.snooze_nothing",
		"error.snooze_required", "error.stale", "error.status_long", "error.status_required",
		"error.step_too_early", "error.time_unclear",
		"error.title_long", "error.title_required", "error.unchanged", "error.users_many", "error.users_or_date",
		"error.users_unclear", "error.unowned",
	}
}
