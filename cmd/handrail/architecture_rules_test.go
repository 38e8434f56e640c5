package main

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// product is the files that go into the program: neither tests nor fakes.
func (t tree) product() []file {
	return slices.DeleteFunc(slices.Clone(t.files), func(f file) bool { return f.test || t.table[f.pkg].fake })
}

// standard says whether an import path belongs to the standard library: its first part has no dot.
func standard(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return !strings.Contains(first, ".") && first != module
}

// covered says whether an import is one of the allowed ones or lies below one.
func covered(allowed []string, name string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool { return name == a || strings.HasPrefix(name, a+"/") })
}

// rule is one thing that holds for the whole tree; broken lists each place where it does not.
type rule struct {
	name   string
	broken func(tree) []string
}

func rules() []rule {
	return []rule{
		{"every package is in the table of imports", unknownPackages},
		{"a package imports only what its row allows", forbiddenImports},
		{"a test imports only what tests may", forbiddenTestImports},
		{"no chain of imports comes back to where it began", circles},
		{"code lives in the folders of the house only", foreignFolders},
		{"no package does anything before main, in an init function", initFunctions},
		{"a context comes from the caller, except in the command and in tests", madeContexts},
		{"nothing sleeps", sleeps},
		{"no file is longer than one subject needs", longFiles},
		{"every package says what it is", silentPackages},
	}
}

func unknownPackages(t tree) (broken []string) {
	for _, f := range t.files {
		if _, ok := t.table[f.pkg]; !ok {
			broken = append(broken, fmt.Sprintf("%s: the package %s has no row", f.path, f.pkg))
		}
	}
	return broken
}

func forbiddenImports(t tree) (broken []string) {
	for _, f := range t.files {
		if f.test {
			continue
		}
		allowed := t.table[f.pkg]
		for _, name := range f.imported() {
			own, ours := strings.CutPrefix(name, module+"/")
			switch {
			case standard(name):
			case ours && (slices.Contains(allowed.ours, own) || allowed.fake && t.table[own].fake):
			case !ours && covered(allowed.outside, name):
			default:
				broken = append(broken, fmt.Sprintf("%s imports %s", f.path, name))
			}
		}
	}
	return broken
}

func forbiddenTestImports(t tree) (broken []string) {
	outside := testLibraries()
	for _, r := range t.table {
		outside = append(outside, r.outside...)
	}
	for _, f := range t.files {
		if !f.test {
			continue
		}
		domain := f.pkg == "internal/ticket"
		for _, name := range f.imported() {
			own, ours := strings.CutPrefix(name, module+"/")
			switch {
			case standard(name):
			case domain && ours && (own == f.pkg || t.table[own].fake):
			case domain && !ours && covered(testLibraries(), name):
			case !domain && ours && own != "cmd/handrail":
			case !domain && !ours && covered(outside, name):
			default:
				broken = append(broken, fmt.Sprintf("%s imports %s", f.path, name))
			}
		}
	}
	return broken
}

// circles follows the imports of the program and of the table, so that the table cannot allow a circle either.
func circles(t tree) []string {
	edges := make(map[string][]string)
	for pkg, r := range t.table {
		edges[pkg] = append(edges[pkg], r.ours...)
	}
	for _, f := range t.product() {
		for _, name := range f.imported() {
			if own, ours := strings.CutPrefix(name, module+"/"); ours {
				edges[f.pkg] = append(edges[f.pkg], own)
			}
		}
	}

	var broken []string
	done := make(map[string]bool)
	var follow func(pkg string, chain []string)
	follow = func(pkg string, chain []string) {
		if start := slices.Index(chain, pkg); start >= 0 {
			broken = append(broken, strings.Join(append(chain[start:], pkg), " imports "))
			return
		}
		if done[pkg] {
			return
		}
		for _, next := range edges[pkg] {
			follow(next, append(slices.Clone(chain), pkg))
		}
		done[pkg] = true
	}
	for pkg := range edges {
		follow(pkg, nil)
	}
	return broken
}

func foreignFolders(t tree) (broken []string) {
	for _, folder := range t.folders {
		if !slices.Contains(topFolders(), folder) {
			broken = append(broken, folder+"/ is not a folder of the house")
		}
	}
	return broken
}

func initFunctions(t tree) (broken []string) {
	for _, f := range t.files {
		for _, decl := range f.syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				broken = append(broken, f.at(fn)+" has an init function")
			}
		}
	}
	return broken
}

func madeContexts(t tree) (broken []string) {
	for _, f := range t.product() {
		if !strings.HasPrefix(f.pkg, "cmd/") {
			broken = slices.Concat(broken, f.calls("context", "Background"), f.calls("context", "TODO"))
		}
	}
	return broken
}

func sleeps(t tree) (broken []string) {
	for _, f := range t.files {
		broken = append(broken, f.calls("time", "Sleep")...)
	}
	return broken
}

func longFiles(t tree) (broken []string) {
	for _, f := range t.files {
		if !f.test && f.lines > maxLines {
			broken = append(broken, fmt.Sprintf("%s has %d lines, more than %d", f.path, f.lines, maxLines))
		}
	}
	return broken
}

func silentPackages(t tree) (broken []string) {
	said := make(map[string]bool)
	for _, f := range t.files {
		if f.test {
			continue
		}
		begin := "Package " + f.syntax.Name.Name + " "
		if f.syntax.Name.Name == "main" {
			begin = "Command " + path.Base(f.pkg) + " "
		}
		said[f.pkg] = said[f.pkg] || strings.HasPrefix(f.syntax.Doc.Text(), begin)
	}
	for pkg, ok := range said {
		if !ok {
			broken = append(broken, pkg+` has no comment that begins with "Package …" (or "Command …")`)
		}
	}
	return broken
}
