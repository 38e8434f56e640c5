package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// module is the path that the imports of our own packages begin with.
const module = "handrail"

// maxLines is how long a file may get before it is likely to hold a second subject.
const maxLines = 450

// row is one line of the table of imports: what a package may import beside the standard library.
type row struct {
	ours    []string
	outside []string
	// fake marks a package made for tests: only tests and other fakes import it.
	fake bool
}

// imports is the table of imports. A package that is not in it fails, so that a new one is a decision and not an accident.
//
// Tests reach further: they may import any package of ours except the command, everything outside that the table names
// somewhere, and the libraries for tests. Only the tests of the domain stay as narrow as the domain: no package of ours but fakes.
func imports() map[string]row {
	const (
		azcore     = "github.com/Azure/azure-sdk-for-go/sdk/azcore"
		azidentity = "github.com/Azure/azure-sdk-for-go/sdk/azidentity"
		gin        = "github.com/gin-gonic/gin"
		i18n       = "github.com/nicksnyder/go-i18n/v2"
		mail       = "github.com/wneessen/go-mail"
		jwx        = "github.com/lestrrat-go/jwx/v3"
		msbot      = "github.com/infracloudio/msbotbuilder-go"
		prometheus = "github.com/prometheus/client_golang"
		rate       = "golang.org/x/time"
		river      = "github.com/riverqueue/river"
		net        = "golang.org/x/net"
		text       = "golang.org/x/text"
	)
	gorm := []string{"gorm.io/gorm", "gorm.io/driver/postgres", "gorm.io/driver/sqlite"}
	drivers := []string{"github.com/jackc/pgx/v5", "modernc.org/sqlite"}
	store := slices.Concat(gorm, drivers, []string{"github.com/pressly/goose/v3", river})
	adapter := []string{"internal/ticket", "internal/logs"}

	return map[string]row{
		"cmd/handrail": {
			ours: []string{
				"bot", "cards", "manifest", "internal/ticket", "internal/guard", "internal/store", "internal/jobs", "internal/web",
				"internal/teams", "internal/odoo", "internal/outlook", "internal/azure", "internal/knowledge", "internal/logs",
			},
			outside: []string{"github.com/alecthomas/kong", "github.com/caarlos0/env/v11", prometheus},
		},
		"bot": {
			ours:    []string{"cards", "internal/teams", "internal/ticket", "internal/logs"},
			outside: []string{i18n, text + "/language"},
		},
		"cards":    {},
		"manifest": {},

		"internal/ticket":            {},
		"internal/ticket/tickettest": {ours: []string{"internal/ticket"}, fake: true},

		"internal/store":           {ours: []string{"internal/ticket"}, outside: store},
		"internal/store/storetest": {ours: []string{"internal/store", "internal/ticket"}, outside: store, fake: true},

		"internal/jobs":      {ours: []string{"internal/ticket", "internal/logs"}, outside: []string{river}},
		"internal/guard":     {ours: []string{"internal/ticket"}, outside: []string{text}},
		"internal/odoo":      {ours: adapter, outside: []string{net + "/html"}},
		"internal/outlook":   {ours: adapter, outside: []string{mail, azcore, azidentity}},
		"internal/azure":     {ours: adapter},
		"internal/knowledge": {ours: adapter},

		"internal/odoo/odootest": {fake: true},

		"internal/outlook/outlooktest": {outside: []string{"github.com/emersion/go-smtp", "github.com/emersion/go-sasl"}, fake: true},

		"internal/web":             {ours: []string{"internal/teams", "internal/logs"}, outside: []string{gin, prometheus}},
		"internal/teams":           {ours: []string{"internal/logs"}, outside: []string{msbot, jwx, rate, net + "/html"}},
		"internal/teams/teamstest": {ours: []string{"internal/teams"}, outside: []string{msbot, jwx, rate}, fake: true},

		"internal/logs": {},
	}
}

// testLibraries is what only tests import.
func testLibraries() []string {
	return []string{
		"github.com/google/go-cmp", "pgregory.net/rapid", "github.com/santhosh-tekuri/jsonschema/v6", "github.com/dlclark/regexp2",
	}
}

// topFolders is where code lives. Folders that begin with a dot hold tools.
func topFolders() []string {
	return []string{"cmd", "bot", "cards", "internal", "manifest"}
}

// file is one Go file of the tree.
type file struct {
	path   string
	pkg    string // its folder, as in the table
	test   bool
	lines  int
	syntax *ast.File
	set    *token.FileSet
}

// at is a place in the file, as an editor takes it.
func (f file) at(node ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.set.Position(node.Pos()).Line)
}

// imported lists the paths that the file imports.
func (f file) imported() []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		// The parser has seen to it that this is a quoted string.
		name, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, name)
	}
	return paths
}

// calls finds the uses of pkg.name in the file, under whatever name the file imports pkg.
func (f file) calls(pkg, name string) []string {
	local := ""
	for _, spec := range f.syntax.Imports {
		if spec.Path.Value != strconv.Quote(pkg) {
			continue
		}
		local = path.Base(pkg)
		if spec.Name != nil {
			local = spec.Name.Name
		}
	}
	var found []string
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok || selector.Sel.Name != name {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && local != "" && x.Name == local {
			found = append(found, fmt.Sprintf("%s uses %s.%s", f.at(selector), pkg, name))
		}
		return true
	})
	return found
}

// tree is what the rules look at.
type tree struct {
	table   map[string]row
	files   []file
	folders []string // at the top, without dot folders
}

// readTree parses every Go file below root, except in folders that Go passes over as well.
func readTree(root fs.FS, table map[string]row) (tree, error) {
	t := tree{table: table}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			base := entry.Name()
			if name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata") {
				return fs.SkipDir
			}
			if name != "." && !strings.Contains(name, "/") {
				t.folders = append(t.folders, name)
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, name, source, parser.ParseComments)
		if err != nil {
			return err
		}
		t.files = append(t.files, file{
			path: name, pkg: path.Dir(name), test: strings.HasSuffix(name, "_test.go"),
			lines: strings.Count(string(source), "\n"), syntax: syntax, set: set,
		})
		return nil
	})
	if err != nil {
		return tree{}, fmt.Errorf("read the tree: %w", err)
	}
	if len(t.files) == 0 {
		return tree{}, errors.New("read the tree: there is no Go file in it")
	}
	return t, nil
}

func TestTheHouseKeepsItsRules(t *testing.T) {
	t.Parallel()
	house, err := readTree(os.DirFS("../.."), imports())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			for _, place := range r.broken(house) {
				t.Error(place)
			}
		})
	}
}

// TestABrokenRuleIsSeen shows each rule a small house that breaks it, so that no rule can pass by seeing nothing.
func TestABrokenRuleIsSeen(t *testing.T) {
	t.Parallel()
	const (
		goodBot  = "// Package bot is good.\npackage bot\nimport _ \"handrail/cards\"\nimport _ \"example.org/allowed/below\""
		goodMain = "// Command handrail is good.\npackage main\nimport \"context\"\nvar c = context.Background()"
	)
	table := map[string]row{
		"cmd/handrail":    {ours: []string{"bot", "cards"}},
		"bot":             {ours: []string{"cards"}, outside: []string{"example.org/allowed"}},
		"bot/bottest":     {ours: []string{"bot"}, fake: true},
		"cards":           {},
		"internal/ticket": {},
	}
	cases := []struct {
		rule, why, path, source string
	}{
		{"every package is in the table of imports", "a new package", "bot/models/m.go", "package models"},
		{"every package is in the table of imports", "a package of tests only", "bot/models/m_test.go", "package models"},
		{
			"a package imports only what its row allows", "one of ours",
			"cards/c.go", "package cards\nimport _ \"handrail/bot\"",
		},
		{
			"a package imports only what its row allows", "one from outside",
			"bot/c.go", "package bot\nimport _ \"example.org/other\"",
		},
		{
			"a package imports only what its row allows", "one whose name only begins alike",
			"bot/c.go", "package bot\nimport _ \"example.org/allowedtoo\"",
		},
		{
			"a package imports only what its row allows", "a fake in the program",
			"cmd/handrail/c.go", "package main\nimport _ \"handrail/bot/bottest\"",
		},
		{
			"a test imports only what tests may", "a library that nobody named",
			"cards/c_test.go", "package cards\nimport _ \"example.org/other\"",
		},
		{
			"a test imports only what tests may", "the command",
			"cards/c_test.go", "package cards\nimport _ \"handrail/cmd/handrail\"",
		},
		{
			"a test imports only what tests may", "one of ours in the domain",
			"internal/ticket/t_test.go", "package ticket\nimport _ \"handrail/cards\"",
		},
		{
			"a test imports only what tests may", "one from outside in the domain",
			"internal/ticket/t_test.go", "package ticket\nimport _ \"example.org/allowed\"",
		},
		{
			"no chain of imports comes back to where it began", "two that import each other",
			"cards/c.go", "package cards\nimport _ \"handrail/bot\"",
		},
		{"code lives in the folders of the house only", "a folder for odds and ends", "pkg/readme.txt", ""},
		{"no package does anything before main, in an init function", "", "bot/c.go", "package bot\nfunc init() {}"},
		{
			"a context comes from the caller, except in the command and in tests", "Background",
			"bot/c.go", "package bot\nimport \"context\"\nvar c = context.Background()",
		},
		{
			"a context comes from the caller, except in the command and in tests", "TODO under another name",
			"bot/c.go", "package bot\nimport other \"context\"\nvar c = other.TODO()",
		},
		{"nothing sleeps", "in a test", "bot/c_test.go", "package bot\nimport \"time\"\nfunc f() { time.Sleep(1) }"},
		{"no file is longer than one subject needs", "", "bot/c.go", "package bot" + strings.Repeat("\n", maxLines+1)},
		{"every package says what it is", "no comment", "cards/c.go", "package cards"},
		{"every package says what it is", "a comment about something else", "cards/c.go", "// Nice.\npackage cards"},
	}

	seen := make(map[string]bool)
	for _, c := range cases {
		seen[c.rule] = true
		t.Run(strings.TrimSuffix(c.rule+", "+c.why, ", "), func(t *testing.T) {
			t.Parallel()
			all := rules()
			i := slices.IndexFunc(all, func(r rule) bool { return r.name == c.rule })
			if i < 0 {
				t.Fatal("there is no such rule")
			}
			house := fstest.MapFS{"bot/bot.go": {Data: []byte(goodBot)}, "cmd/handrail/main.go": {Data: []byte(goodMain)}}
			good, err := readTree(house, table)
			if err != nil {
				t.Fatal(err)
			}
			if places := all[i].broken(good); len(places) > 0 {
				t.Errorf("a good house breaks the rule: %q", places)
			}
			house[c.path] = &fstest.MapFile{Data: []byte(c.source)}
			bad, err := readTree(house, table)
			if err != nil {
				t.Fatal(err)
			}
			if len(all[i].broken(bad)) == 0 {
				t.Error("nothing was seen")
			}
		})
	}
	for _, r := range rules() {
		if !seen[r.name] {
			t.Errorf("no house breaks the rule %q", r.name)
		}
	}
}
