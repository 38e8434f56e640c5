package bot

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"handrail/cards"
	"handrail/internal/ticket"
)

// messages gives every message of the English catalog: a string, or an object
// of plural forms.
func messages(t *testing.T) map[string]any {
	t.Helper()
	files, err := fs.Glob(wordFiles, "words/*.en.json")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no words", err)
	}
	all := map[string]any{}
	for _, file := range files {
		data, err := wordFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var some map[string]any
		if err := json.Unmarshal(data, &some); err != nil {
			t.Fatal(err)
		}
		for id, message := range some {
			if _, twice := all[id]; twice {
				t.Errorf("%s stands in two files", id)
			}
			all[id] = message
		}
	}
	return all
}

// need is why a sentence has to be in the catalog, by its id.
type need map[string]string

func (n need) add(why string, ids ...string) {
	for _, id := range ids {
		n[id] = why
	}
}

func TestTheCatalogHoldsWhatIsSaidAndNothingElse(t *testing.T) {
	t.Parallel()
	all := messages(t)
	needed := need{}
	needed.domain()
	needed.forms(newWords(t))
	needed.cards(t)
	needed.code(t, all)
	for id, why := range needed {
		if _, ok := all[id]; !ok {
			t.Errorf("%s is not in the catalog; needed for %s", id, why)
		}
	}
	for id := range all {
		if needed[id] == "" {
			t.Errorf("nobody says %s", id)
		}
	}
}

// domain adds the sentences for the stored words of the domain.
func (n need) domain() {
	n.add("errors", ticket.Messages()...)
	n.add("the guard of texts for customers", ticket.GuardMessages()...)
	for _, kind := range ticket.FindingKinds() {
		if kind.Overridable() {
			n.add("what was found and overruled", "found."+string(kind))
		}
	}
	for _, kind := range ticket.EntryKinds() {
		n.add("the history", "history."+string(kind))
	}
	for _, kind := range ticket.OwnerTold() {
		n.add("what the owner is told", "tell."+string(kind))
	}
	for _, what := range ticket.Likewises() {
		n.add("what is offered for followers", "likewise.heading."+string(what))
	}
	for _, step := range ticket.Steps() {
		n.add("a step", "step."+string(step))
		for _, item := range ticket.Checklist(step) {
			id := string(item.ID)
			n.add("an item", "item."+id, "item."+id+".hint", "missing."+id)
			if !item.Automatic {
				n.add("the button of an item", "button.item."+id)
			}
			for _, choice := range item.Choices {
				n.add("a choice of "+id, "choice."+choiceGroup(item)+"."+choice)
			}
		}
	}
	for _, class := range ticket.Classes() {
		n.add("a class", "class."+string(class))
	}
	for _, field := range ticket.RecordFields() {
		n.add("a field that was changed in Odoo", "field."+string(field))
	}
	n.add("a class", string(ticket.BecauseManyUsers), string(ticket.BecauseDate), string(ticket.BecauseSomeUsers),
		string(ticket.BecauseFewUsers), string(ticket.BecauseOverride))
	for _, kind := range ticket.EventKinds() {
		n.add("an event", "event."+string(kind))
	}
	for _, kind := range ticket.ClockKinds() {
		n.add("a clock", "reminder."+string(kind), "clockname."+string(kind))
		if kind.Breach() || kind == ticket.ClockAcknowledge {
			n.add("a clock on the card", "clock."+string(kind), "clock."+string(kind)+".late")
		}
	}
	for _, why := range ticket.MailRefusals() {
		n.add("a mail that did not go", "mail.refused."+string(why), "mail.refused."+string(why)+".do")
	}
	for _, why := range ticket.RecordTroubles() {
		n.add("a trouble with Odoo", "record.why."+string(why), "record.do."+string(why))
	}
	for _, refusal := range ticket.Refusals() {
		n.add("a refusal", "unreached.person."+string(refusal), "unreached.place."+string(refusal))
	}
	for _, why := range append(ticket.Refusals(), ticket.WhyAway) {
		n.add("why somebody is not asked", "refused.person."+string(why))
		if why != ticket.WhyAway {
			n.add("why a conversation is not reached", "refused.place."+string(why))
		}
	}
	for _, what := range ticket.Tellings() {
		n.add("what somebody was told", "told."+string(what))
	}
	for _, kind := range ticket.DifferenceKinds() {
		n.add("a ticket that differs from its record", "compare."+string(kind))
	}
	for _, trouble := range ticket.RecordTroubles() {
		n.add("why tickets cannot be compared", "compare.trouble."+string(trouble))
	}
	for _, trouble := range ticket.ShelfTroubles() {
		n.add("an article that is not in Odoo", "shelf."+trouble)
	}
	for _, outcome := range ticket.Outcomes() {
		n.add("how an escalation ended", "outcome."+outcomeWord(outcome))
	}
	for _, kind := range ticket.ClimbKinds() {
		n.add("how an escalation goes on", "climb."+string(kind))
	}
	for _, level := range ticket.Levels() {
		n.add("a level", "choice.level."+string(level))
	}
	for _, reason := range ticket.Reasons() {
		n.add("a reason", "choice.reason."+string(reason))
	}
	for _, outcome := range []ticket.Outcome{ticket.Answered, ticket.Decided, ticket.Declined, ticket.Withdrawn} {
		n.add("an outcome", "escalation.over."+string(outcome), "did."+string(outcome))
	}
	for _, a := range answerings() {
		n.add("the form "+a.name, "form."+a.name+".heading", "form."+a.name+".intro")
	}
	n.add("how somebody escalates", "choice.how."+withCard, "choice.how."+alone)
	for _, way := range ticket.Ways() {
		n.add("a way", "choice.way."+way)
	}
	n.add("the decision in the history", "decided.fix")
	for _, reader := range ticket.TextReaders() {
		n.add("a text", "text."+string(reader))
		for _, kind := range append(ticket.TextKinds(), "") {
			for _, part := range ticket.Parts(reader, kind) {
				n.add("a part of a text", "part."+string(part), "lack."+string(part), "ask."+string(part))
			}
		}
	}
	for _, kind := range ticket.TextKinds() {
		n.add("a text for the customer", "text.kind."+string(kind), "text."+string(kind)+".acknowledge")
		if kind != ticket.TextUpdate && kind != ticket.TextFollowUp {
			n.add("a text for the customer", "text."+string(kind)+".current_status")
		}
		if kind != ticket.TextUpdate && kind != ticket.TextClosing {
			n.add("a text for the customer", "text."+string(kind)+".next_steps")
		}
	}
	for _, stage := range []string{"asked", "solved", "solving", "found", "looking"} {
		n.add("an update for the customer", "text.update.current_status."+stage, "text.update.next_steps."+stage)
	}
	for _, fact := range ticket.FactIDs() {
		n.add("a fact in the history", "fact."+string(fact))
	}
	for _, field := range []string{ticket.FieldTitle, ticket.FieldCustomer, ticket.FieldDetails, ticket.FieldUsers, ticket.FieldDate} {
		n.add("a field in the history", "field."+field)
	}
	n.add("what goes to a stand-in", "choice.away."+awayReminders, "choice.away."+awayTickets)
	for i := range 12 {
		n.add("a date", "month."+strconv.Itoa(i+1))
	}
	for i := range 7 {
		n.add("a date", "weekday."+strconv.Itoa(i))
	}
	n.add("a list", "list."+listBoard, "list."+listMine, "list."+listBoard+".empty", "list."+listMine+".empty")
	for _, command := range Commands() {
		n.add("a command", "command."+command.Name, "command."+command.Name+".usage")
	}
}

// forms adds the sentences of every form, for every item.
func (n need) forms(c *catalog) {
	s := c.in("", "", monday()) // at ten, so that nine tomorrow is near enough for a snooze
	t := &ticket.Ticket{Step: ticket.InitialResponse}
	add := func(f form, item ticket.Item) {
		for _, field := range f.fields(s, t, item) {
			n.add("the form "+f.name, field.label)
			if field.sample != "" {
				n.add("the form "+f.name, field.sample)
			}
			for _, choice := range field.choices {
				n.add("the form "+f.name, "choice."+field.group+"."+choice)
			}
		}
	}
	for _, f := range forms() {
		if f.name != "item" {
			n.add("the form "+f.name, "form."+f.name+".heading", "form."+f.name+".intro")
			add(f, ticket.Item{})
			continue
		}
		for _, step := range ticket.Steps() {
			for _, item := range ticket.Checklist(step) {
				if !item.Automatic && item.ID != ticket.ItemDecide {
					add(f, item)
				}
			}
		}
	}
}

func (n need) cards(t *testing.T) {
	t.Helper()
	set, err := cards.New()
	if err != nil {
		t.Fatal(err)
	}
	for name, ids := range set.WordIDs() {
		n.add("the card "+name, ids...)
	}
}

// code adds the ids that stand in the code of this package: the first argument
// of what says a sentence, and any other string that is the id of one.
func (n need) code(t *testing.T, all map[string]any) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 10 {
		t.Fatal("the code was not found", err)
	}
	verbs := (&Bot{forms: forms()}).allVerbs()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if id, ok := literal(node); ok && all[id] != nil && verbs[id] == nil {
				n.add(name, id)
			}
			if id, ok := said(node); ok {
				n.add(name, id)
			}
			return true
		})
	}
}

// said gives the id of a sentence that a node says by a literal.
func said(node ast.Node) (string, bool) {
	switch node := node.(type) {
	case *ast.CallExpr:
		var name string
		switch fun := node.Fun.(type) {
		case *ast.Ident:
			name = fun.Name
		case *ast.SelectorExpr:
			name = fun.Sel.Name
		}
		switch {
		case slices.Contains([]string{"say", "markdown", "titled", "late"}, name) && len(node.Args) > 0:
			return literal(node.Args[0])
		case name == "button" && len(node.Args) > 1:
			return literal(node.Args[1])
		}
	case *ast.KeyValueExpr:
		if key, ok := node.Key.(*ast.Ident); ok && (key.Name == "label" || key.Name == "sample") {
			return literal(node.Value)
		}
	}
	return "", false
}

func literal(node ast.Node) (string, bool) {
	lit, ok := node.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(lit.Value)
	return value, err == nil && value != ""
}

func TestPluralsHaveAllTheFormsOfEnglish(t *testing.T) {
	t.Parallel()
	for id, message := range messages(t) {
		forms, plural := message.(map[string]any)
		if !plural {
			if s, ok := message.(string); !ok || strings.TrimSpace(s) != s || s == "" {
				t.Errorf("%s is %v", id, message)
			}
			continue
		}
		if len(forms) != 2 || text(forms["one"]) == "" || text(forms["other"]) == "" {
			t.Errorf("%s has the forms %v", id, forms)
		}
	}
}

func TestTitlesOfButtonsAreOneToThreeWords(t *testing.T) {
	t.Parallel()
	for id, message := range messages(t) {
		if strings.HasPrefix(id, "button.") && len(strings.Fields(text(message))) > 3 {
			t.Errorf("%s is %q", id, message)
		}
	}
}

func TestTheHelpSaysWhatTheAppPackageSays(t *testing.T) {
	t.Parallel()
	all := messages(t)
	for _, command := range Commands() {
		if got := all["command."+command.Name]; got != command.Description {
			t.Errorf("%s is explained as %q and %q", command.Name, got, command.Description)
		}
		if got := all["command."+command.Name+".usage"]; got != command.Usage {
			t.Errorf("%s is written as %q and %q", command.Name, got, command.Usage)
		}
	}
}
