// Package manifest makes the Teams app package of Handrail: the zip with manifest.json and the two icons that an
// administrator uploads to Teams. It fills the template manifest.json with the identity of one installation and with the
// bot's commands. It does not know which commands there are, and it does not upload anything.
package manifest

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

//go:embed manifest.json
var template []byte

//go:embed color.png
var colorIcon []byte

//go:embed outline.png
var outlineIcon []byte

// Limits of the manifest schema 1.30.
const (
	maxCommands      = 12
	maxTitle         = 128
	maxDescription   = 4000
	maxDeveloperName = 32
)

var (
	guid    = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)
	version = regexp.MustCompile(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$`)
	domain  = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+$`)
)

// Command is one entry of the list that Teams offers while a person writes to the bot.
type Command struct {
	// Title is what Teams puts into the message when the entry is chosen.
	Title string
	// Description says in a few words what the command does.
	Description string
}

// Params is what differs from one installation to the next.
type Params struct {
	// BotID is the Microsoft App ID of the bot, a GUID. It serves as the id of the app as well.
	BotID string
	// Version of the app package, as 1.2.3. Teams offers an update only when it has grown.
	Version string
	// Domain is the public host name of the bot, such as handrail.example.com. It may be empty.
	Domain string
	// DeveloperName is shown as the publisher of the app, in at most 32 characters.
	DeveloperName string
	// WebsiteURL, PrivacyURL and TermsURL are pages that Teams links to from the app's details. They are https.
	WebsiteURL, PrivacyURL, TermsURL string
	// Personal are the commands that are offered in personal chats, Shared those in group chats and
	// channels, in this order; one to twelve each.
	Personal, Shared []Command
}

// Package writes the app package to w. The same Params always give the same bytes. Params that Teams would refuse are
// refused here, all of them in one error, before anything is written.
func Package(w io.Writer, p Params) error {
	if err := p.check(); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	document, err := p.document()
	if err != nil {
		return fmt.Errorf("manifest: fill the template: %w", err)
	}

	archive := zip.NewWriter(w)
	for _, file := range []struct {
		name    string
		content []byte
	}{
		{"manifest.json", document},
		{"color.png", colorIcon},
		{"outline.png", outlineIcon},
	} {
		if err := add(archive, file.name, file.content); err != nil {
			return fmt.Errorf("manifest: write %s: %w", file.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("manifest: finish the zip: %w", err)
	}
	return nil
}

// add puts one file at the root of the archive, where Teams looks for it.
func add(archive *zip.Writer, name string, content []byte) error {
	// The earliest time that a zip can hold, so that the day of packing does not change the bytes.
	epoch := time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: epoch})
	if err != nil {
		return fmt.Errorf("add an entry: %w", err)
	}
	if _, err := entry.Write(content); err != nil {
		return fmt.Errorf("add the content: %w", err)
	}
	return nil
}

// document is the template with every placeholder filled, as JSON.
func (p Params) document() ([]byte, error) {
	var root any
	if err := json.Unmarshal(template, &root); err != nil {
		return nil, fmt.Errorf("read it: %w", err)
	}

	domains := []any{}
	if p.Domain != "" {
		domains = append(domains, p.Domain)
	}
	filled, err := fill(root, map[string]any{
		"${botId}":         strings.ToLower(p.BotID),
		"${version}":       p.Version,
		"${developerName}": p.DeveloperName,
		"${websiteUrl}":    p.WebsiteURL,
		"${privacyUrl}":    p.PrivacyURL,
		"${termsOfUseUrl}": p.TermsURL,
		"${personal}":      menu(p.Personal),
		"${shared}":        menu(p.Shared),
		"${validDomains}":  domains,
	})
	if err != nil {
		return nil, err
	}

	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(filled); err != nil {
		return nil, fmt.Errorf("encode it: %w", err)
	}
	return out.Bytes(), nil
}

// fill replaces every string of node that is a placeholder by its value. It walks decoded JSON, so no value can break
// the document or bring a placeholder of its own.
func fill(node any, values map[string]any) (any, error) {
	var err error
	switch node := node.(type) {
	case map[string]any:
		for key, child := range node {
			if node[key], err = fill(child, values); err != nil {
				return nil, err
			}
		}
	case []any:
		for i, child := range node {
			if node[i], err = fill(child, values); err != nil {
				return nil, err
			}
		}
	case string:
		if !strings.HasPrefix(node, "${") {
			return node, nil
		}
		value, ok := values[node]
		if !ok {
			return nil, fmt.Errorf("no value for %s", node)
		}
		return value, nil
	}
	return node, nil
}

// menu gives the commands as the manifest lists them.
func menu(commands []Command) []any {
	entries := make([]any, 0, len(commands))
	for _, c := range commands {
		entries = append(entries, map[string]any{"title": c.Title, "description": c.Description})
	}
	return entries
}

// check names every fault of p at once.
func (p Params) check() error {
	faults := []error{
		checkForm("the bot id", p.BotID, guid, "the Microsoft App ID of the bot, a GUID such as 00000000-0000-4000-8000-000000000000"),
		checkForm("the version", p.Version, version, "three numbers such as 1.2.3"),
		checkLength("the developer name", p.DeveloperName, maxDeveloperName),
		checkAddress("the website address", p.WebsiteURL),
		checkAddress("the privacy address", p.PrivacyURL),
		checkAddress("the terms address", p.TermsURL),
	}
	if p.Domain != "" {
		faults = append(faults, checkForm("the domain", p.Domain, domain, "a host name such as handrail.example.com"))
	}
	faults = append(faults, checkMenu("personal chats", p.Personal)...)
	faults = append(faults, checkMenu("group chats and channels", p.Shared)...)
	return errors.Join(faults...)
}

// checkMenu names the faults of the commands that are offered somewhere.
func checkMenu(where string, commands []Command) []error {
	var faults []error
	if n := len(commands); n == 0 || n > maxCommands {
		faults = append(faults, fmt.Errorf("there are %d commands for %s; Teams shows 1 to %d", n, where, maxCommands))
	}
	for i, c := range commands {
		faults = append(faults,
			checkLength(fmt.Sprintf("the title of command %d for %s", i+1, where), c.Title, maxTitle),
			checkLength(fmt.Sprintf("the description of command %d for %s", i+1, where), c.Description, maxDescription))
	}
	return faults
}

func checkForm(what, value string, form *regexp.Regexp, want string) error {
	if form.MatchString(value) {
		return nil
	}
	return fmt.Errorf("%s must be %s, not %q", what, want, value)
}

func checkLength(what, value string, most int) error {
	if n := utf8.RuneCountInString(value); n <= most && strings.TrimSpace(value) != "" {
		return nil
	}
	return fmt.Errorf("%s must have 1 to %d characters", what, most)
}

func checkAddress(what, value string) error {
	if u, err := url.Parse(value); err == nil && u.Scheme == "https" && u.Host != "" {
		return nil
	}
	return fmt.Errorf("%s must begin with https:// and name a host, unlike %q", what, value)
}
