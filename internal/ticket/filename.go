package ticket

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxFileName is the length of a file's name, in characters.
const MaxFileName = 120

// unnamed is what a file is called whose name says nothing.
const unnamed = "file"

// CleanFileName gives the name of a file as it is stored and shown: a name and
// no path, without characters that no file system takes or that mislead a
// reader ("invoice\u202Efdp.exe" looks like a PDF), not too long, and none that
// Windows keeps for itself. The ending stays, as it says what opens the file.
func CleanFileName(name string) string {
	name = line(name)
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = line(strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, name))
	name = strings.TrimRight(name, ". ")
	if !strings.ContainsFunc(name, func(r rune) bool { return visible(r) && r != '.' }) {
		return unnamed
	}
	if reserved(name) {
		name = "_" + name
	}
	return shortenedFileName(name)
}

// shortenedFileName cuts a name and leaves its ending.
func shortenedFileName(name string) string {
	runes := []rune(name)
	if len(runes) <= MaxFileName {
		return name
	}
	ending := []rune(path.Ext(name))
	if len(ending) > 20 {
		ending = nil // that is no ending
	}
	return strings.TrimRight(string(runes[:MaxFileName-len(ending)]), ". ") + string(ending)
}

// reserved tells whether Windows takes a name for a device ("Naming Files,
// Paths, and Namespaces", Microsoft).
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimSpace(stem)
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}, stem) {
		return true
	}
	port, number := stem, ""
	if len(stem) > 3 {
		port, number = stem[:3], stem[3:]
	}
	return (port == "COM" || port == "LPT") && slices.Contains([]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"}, number)
}
