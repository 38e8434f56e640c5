package ticket

import (
	"bytes"
	"net/http"
	"path"
	"slices"
	"strings"
)

// SniffLength is how many bytes of a file [SniffType] looks at.
const SniffLength = 1024

// Types of content that [http.DetectContentType] does not know, and the one of
// whatever nobody should open by accident.
const (
	typeOpaque  = "application/octet-stream"
	typeProgram = "application/x-executable"
	typeScript  = "text/x-script"
	typeSVG     = "image/svg+xml"
	typeHTML    = "text/html"
	typeXML     = "text/xml"
)

// SniffType tells the type of a file by how it begins. The ending of its name
// only refines what the content has shown, and what the sender says counts for
// nothing: a page or a program does not become a picture by being called one.
func SniffType(name string, head []byte) string {
	head = head[:min(len(head), SniffLength)]
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if found := magic(head); found != "" {
		return found
	}
	found, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch found {
	case "application/zip":
		return byEnding(zipped(), ending, found)
	case typeXML, "text/plain":
		text := bytes.ToLower(head)
		switch {
		case bytes.Contains(text, []byte("<svg")):
			return typeSVG
		case bytes.Contains(text, []byte("<html")), bytes.Contains(text, []byte("<!doctype html")), bytes.Contains(text, []byte("<script")):
			return typeHTML
		case slices.Contains(scripts(), ending):
			return typeScript
		}
		return byEnding(written(), ending, found)
	}
	return found
}

// magic knows what [http.DetectContentType] leaves out: programs, scripts, and
// the pictures of phones (ISO/IEC 23008-12).
func magic(head []byte) string {
	begins := func(signs ...string) bool {
		return slices.ContainsFunc(signs, func(sign string) bool { return bytes.HasPrefix(head, []byte(sign)) })
	}
	switch {
	case begins("MZ", "\x7fELF", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"):
		return typeProgram
	case begins("#!"):
		return typeScript
	case begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return "application/x-ole-storage" // an old Office document, a mail of Outlook, or an installer
	case begins("7z\xbc\xaf\x27\x1c"):
		return "application/x-7z-compressed"
	case begins("\xfd7zXZ\x00"):
		return "application/x-xz"
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		switch string(head[8:12]) {
		case "heic", "heix", "mif1", "msf1":
			return "image/heic"
		case "avif", "avis":
			return "image/avif"
		}
	}
	return ""
}

// scripts lists the endings of texts that a double click runs.
func scripts() []string {
	return []string{
		"bat", "cmd", "com", "hta", "js", "jse", "lnk", "mjs", "ps1", "psm1", "py", "reg", "scf", "sh", "url", "vb", "vbe", "vbs", "wsf", "wsh",
	}
}

// zipped are the documents that are archives, by their endings.
func zipped() map[string]string {
	const office = "application/vnd.openxmlformats-officedocument."
	return map[string]string{
		"docx": office + "wordprocessingml.document", "xlsx": office + "spreadsheetml.sheet", "pptx": office + "presentationml.presentation",
		"odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
		"jar": typeProgram, "apk": typeProgram, "appx": typeProgram, "msix": typeProgram,
	}
}

// written are the texts of a kind, by their endings.
func written() map[string]string {
	return map[string]string{"csv": "text/csv", "json": "application/json", "md": "text/markdown", "xml": typeXML, "eml": "message/rfc822"}
}

func byEnding(known map[string]string, ending, otherwise string) string {
	if found, ok := known[ending]; ok {
		return found
	}
	return otherwise
}

// isPicture tells whether content is one that a person sees at a glance.
func isPicture(found string) bool { return strings.HasPrefix(found, "image/") && found != typeSVG }

// ServedType is the type that a browser is told when it downloads a file.
// Content that a browser or a double click would run is nothing but bytes to it:
// it is saved and never shown, whatever the browser thinks of
// "Content-Disposition".
func ServedType(found string) string {
	switch found {
	case typeHTML, typeXML, typeSVG, typeScript, typeProgram, "application/x-ole-storage", "":
		return typeOpaque
	case "text/plain", "text/csv", "text/markdown", "application/json":
		return found + "; charset=utf-8"
	}
	return found
}
