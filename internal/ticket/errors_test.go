package ticket_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

func TestKindsAreFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want ticket.Kind
	}{
		{ticket.ErrNotFound(1), ticket.NotFound},
		{fmt.Errorf("change T-1: %w", ticket.ErrNotFound(1)), ticket.NotFound},
		{ticket.ErrRepeated, ticket.Stale},
		{fmt.Errorf("open: %w", ticket.Faults{{Kind: ticket.Invalid, Message: "error.gate"}}), ticket.Invalid},
		{ticket.Faults{}, ticket.Internal},
		{errors.New("the disk is full"), ticket.Internal},
		{nil, ticket.Internal},
	} {
		if got := ticket.KindOf(test.err); got != test.want {
			t.Errorf("%v is of the kind %s, want %s", test.err, got, test.want)
		}
	}
}

func TestErrorsAreWrittenForTheLog(t *testing.T) {
	t.Parallel()
	one := &ticket.Error{Kind: ticket.Stale, Message: "error.stale", Args: map[string]any{"Ticket": "T-1", "By": "Ana"}}
	if got, want := one.Error(), "stale: error.stale By=Ana Ticket=T-1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	many := ticket.Faults{
		{Kind: ticket.Invalid, Message: "error.title_required", Field: "title"},
		{Kind: ticket.Invalid, Message: "error.users_unclear", Field: "users", Args: map[string]any{"Typed": "lots"}},
	}
	if got, want := many.Error(), "title: invalid: error.title_required; users: invalid: error.users_unclear Typed=lots"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := ticket.ErrNotFound(7).Error(), "not_found: error.not_found Ticket=T-7"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheListOfMessagesIsThatOfTheSources(t *testing.T) {
	t.Parallel()
	listed := ticket.Messages()
	slices.Sort(listed)
	if twice := len(listed) - len(slices.Compact(slices.Clone(listed))); twice > 0 {
		t.Errorf("%d messages are listed twice", twice)
	}
	if diff := cmp.Diff(messagesInSources(t), listed); diff != "" {
		t.Errorf("the list is not that of the sources (-sources +listed):\n%s", diff)
	}
}

// messagesInSources gives the ids of messages in the package's sources, without
// the list itself. An id that is put together, "error."+field+"_long", stands
// for one of each field of text.
func messagesInSources(tb testing.TB) []string {
	tb.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		tb.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			tb.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.FuncDecl:
				return n.Name.Name != "Messages"
			case *ast.BinaryExpr:
				if suffix := text(n.Y); strings.HasPrefix(suffix, "_") {
					for _, field := range []string{ticket.FieldTitle, ticket.FieldCustomer, ticket.FieldDetails} {
						found["error."+field+suffix] = true
					}
				}
			case *ast.BasicLit:
				if id := text(n); strings.HasPrefix(id, "error.") && id != "error." {
					found[id] = true
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(found))
}

// text gives what a literal says; empty for what is none.
func text(node ast.Expr) string {
	literal, ok := node.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(literal.Value)
	if err != nil {
		return ""
	}
	return s
}

func TestTheKindsOfHistoryLinesAreAllListed(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("history.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := ticket.EntryKinds()
	if n := strings.Count(string(source), `EntryKind = "`); n != len(kinds) {
		t.Errorf("%d kinds are declared and %d listed", n, len(kinds))
	}
	for i, kind := range kinds {
		if slices.Index(kinds, kind) != i {
			t.Errorf("%s is listed twice", kind)
		}
	}
}
