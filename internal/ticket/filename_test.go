package ticket_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"handrail/internal/ticket"
)

func TestAFileNameIsANameAndNothingElse(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 200)
	for name, want := range map[string]string{
		"screenshot.png": "screenshot.png", "Lỗi đăng nhập.png": "Lỗi đăng nhập.png", ".env": ".env",
		"../../x": "x", `..\..\x.log`: "x.log", "/etc/passwd": "passwd", `C:\Users\ana\a.log`: "a.log", "a/": "file", "x/..": "file",
		"a \u00ad b.txt": "a b.txt", "": "file", " ": "file", ".": "file", "...": "file", "\u202e": "file", "\u200b\u2800": "file", ". .": "file",
		"invoice\u202efdp.exe": "invoicefdp.exe", "a\u200eb\u2066c\ufeff.txt": "abc.txt", "a\x00b\x1b[31m\n.txt": "ab[31m .txt",
		`a<b>:"c"|d?*.txt`: "a_b___c__d__.txt", "name. . ": "name",
		"CON": "_CON", "con.txt": "_con.txt", "Lpt1.log": "_Lpt1.log", "COM10.log": "COM10.log", "CONSOLE.log": "CONSOLE.log", "nul": "_nul", "com": "com",
		long + ".log": strings.Repeat("ä", 116) + ".log", "a." + long: "a." + strings.Repeat("ä", 118),
		"\xff\xfe.txt": ".txt",
	} {
		if got := ticket.CleanFileName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestNoFileNameLeadsAnywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		clean := ticket.CleanFileName(rapid.String().Draw(rt, "name"))
		if clean == "" || strings.ContainsAny(clean, "/\\\x00\n\r\"") || clean == "." || clean == ".." || utf8.RuneCountInString(clean) > ticket.MaxFileName {
			rt.Fatalf("%q", clean)
		}
		if again := ticket.CleanFileName(clean); again != clean {
			rt.Fatalf("%q becomes %q", clean, again)
		}
	})
}

func TestTheTypeOfAFileIsThatOfItsContent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, head, want, served string }{
		{"a.png", "\x89PNG\r\n\x1a\n", "image/png", "image/png"},
		{"a.png", "<!DOCTYPE html><p>", "text/html", "application/octet-stream"},
		{"a.png", "  \n<HTML>", "text/html", "application/octet-stream"},
		{"a.png", "GIF89a<script>", "image/gif", "image/gif"},
		{"a.svg", "<?xml version=\"1.0\"?><svg xmlns=", "image/svg+xml", "application/octet-stream"},
		{"a.txt", "hello <svg onload=alert(1)>", "image/svg+xml", "application/octet-stream"},
		{"a.txt", "x <script>alert(1)</script>", "text/html", "application/octet-stream"},
		{"a.xml", "<?xml version=\"1.0\"?><a/>", "text/xml", "application/octet-stream"},
		{"a.pdf", "MZ\x90\x00", "application/x-executable", "application/octet-stream"},
		{"a", "\x7fELF\x02", "application/x-executable", "application/octet-stream"},
		{"a.log", "#!/bin/sh\n", "text/x-script", "application/octet-stream"},
		{"a.ps1", "Get-Process", "text/x-script", "application/octet-stream"},
		{"a.JS", "let x", "text/x-script", "application/octet-stream"},
		{"a.log", "2026-11-23 ERROR", "text/plain", "text/plain; charset=utf-8"},
		{"a.csv", "a,b\r\n", "text/csv", "text/csv; charset=utf-8"},
		{"a.json", "{}", "application/json", "application/json; charset=utf-8"},
		{"a.pdf", "%PDF-1.7", "application/pdf", "application/pdf"},
		{"a.docx", "PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"a.jar", "PK\x03\x04", "application/x-executable", "application/octet-stream"},
		{"a.zip", "PK\x03\x04", "application/zip", "application/zip"},
		{"a.msg", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", "application/octet-stream"},
		{"a.heic", "\x00\x00\x00\x18ftypheic", "image/heic", "image/heic"},
		{"a.bin", "\x00\x01\x02", "application/octet-stream", "application/octet-stream"},
	} {
		got := ticket.SniffType(c.name, []byte(c.head))
		if served := ticket.ServedType(got); got != c.want || served != c.served {
			t.Errorf("%s with %q is %s, served as %s; want %s, %s", c.name, c.head, got, served, c.want, c.served)
		}
	}
}
