package manifest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"handrail/manifest"
)

func params(change ...func(*manifest.Params)) manifest.Params {
	p := manifest.Params{
		BotID:         "7E8FA4B1-0C1D-4A2B-9F3E-5D6C7B8A9012",
		Version:       "1.2.3",
		Domain:        "handrail.example.com",
		DeveloperName: "Example Support",
		WebsiteURL:    "https://example.com/handrail",
		PrivacyURL:    "https://example.com/privacy?a=1&b=2",
		TermsURL:      "https://example.com/terms",
		Personal: []manifest.Command{
			{Title: "help", Description: "What Handrail understands"},
			{Title: "new", Description: `Open a ticket: new "Invoices" <cannot> be ${posted} & paid`},
		},
		Shared: []manifest.Command{{Title: "follow", Description: "Hear of tickets here"}},
	}
	for _, f := range change {
		f(&p)
	}
	return p
}

// unpack makes the package and gives its files by name.
func unpack(t *testing.T, p manifest.Params) map[string][]byte {
	t.Helper()
	var packed bytes.Buffer
	if err := manifest.Package(&packed, p); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// document is the manifest.json of the package, decoded.
func document(t *testing.T, p manifest.Params) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(unpack(t, p)["manifest.json"], &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// pattern lets the schema use look-ahead, which Go's own expressions do not have.
type pattern struct{ *regexp2.Regexp }

func (p pattern) MatchString(s string) bool {
	ok, err := p.Regexp.MatchString(s)
	return ok && err == nil
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiler.UseRegexpEngine(func(s string) (jsonschema.Regexp, error) {
		re, err := regexp2.Compile(s, regexp2.ECMAScript)
		return pattern{re}, err
	})
	compiled, err := compiler.Compile("testdata/teams-manifest-v1.30.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestTheManifestFollowsMicrosoftsSchema(t *testing.T) {
	t.Parallel()
	twelve := make([]manifest.Command, 12)
	for i := range twelve {
		twelve[i] = manifest.Command{Title: strings.Repeat("t", 128), Description: strings.Repeat("đ", 4000)}
	}
	cases := map[string]manifest.Params{
		"in full":          params(),
		"without a domain": params(func(p *manifest.Params) { p.Domain = "" }),
		"at the limits": params(func(p *manifest.Params) {
			p.Personal, p.Shared, p.DeveloperName = twelve, twelve, strings.Repeat("ü", 32)
		}),
		"with a version of ours": params(func(p *manifest.Params) { p.Version = "10.20.0" }),
	}
	checker := schema(t)
	for name, p := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := checker.Validate(document(t, p)); err != nil {
				t.Error(err)
			}
		})
	}

	t.Run("and a manifest that breaks it is seen", func(t *testing.T) {
		t.Parallel()
		doc := document(t, params())
		doc["accentColor"] = "teal"
		if checker.Validate(doc) == nil {
			t.Error("a wrong accent colour was accepted")
		}
	})
}

func TestThePackageHoldsThreeFilesAtItsRoot(t *testing.T) {
	t.Parallel()
	var names []string
	files := unpack(t, params())
	for _, name := range []string{"manifest.json", "color.png", "outline.png"} {
		if len(files[name]) > 0 {
			names = append(names, name)
		}
	}
	if len(names) != 3 || len(files) != 3 {
		t.Errorf("the package holds %d files, of ours %q", len(files), names)
	}
}

func TestTheSameParamsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	var first, second bytes.Buffer
	if err := errors.Join(manifest.Package(&first, params()), manifest.Package(&second, params())); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two packages of the same params differ")
	}
	archive, err := zip.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		if !f.Modified.Equal(time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s carries the time %v", f.Name, f.Modified)
		}
	}
}

func TestTheParamsAreInTheManifestAsTheyWereGiven(t *testing.T) {
	t.Parallel()
	p := params()
	doc := document(t, p)

	want := map[string]any{
		"name": p.DeveloperName, "websiteUrl": p.WebsiteURL, "privacyUrl": p.PrivacyURL, "termsOfUseUrl": p.TermsURL,
	}
	if diff := cmp.Diff(want, doc["developer"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{p.Domain}, doc["validDomains"]); diff != "" {
		t.Error(diff)
	}
	bot := doc["bots"].([]any)[0].(map[string]any)
	id := strings.ToLower(p.BotID)
	if doc["id"] != id || bot["botId"] != id || doc["version"] != p.Version {
		t.Errorf("id %v, bot %v, version %v", doc["id"], bot["botId"], doc["version"])
	}
	list := func(scope string, commands []manifest.Command) any {
		entries := []any{}
		for _, c := range commands {
			entries = append(entries, map[string]any{"title": c.Title, "description": c.Description})
		}
		return map[string]any{"scopes": []any{scope}, "commands": entries}
	}
	lists := []any{list("personal", p.Personal), list("team", p.Shared), list("groupChat", p.Shared)}
	if diff := cmp.Diff(lists, bot["commandLists"]); diff != "" {
		t.Error(diff)
	}
}

func TestWhatTeamsWouldRefuseIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	many := make([]manifest.Command, 13)
	for i := range many {
		many[i] = manifest.Command{Title: fmt.Sprint("command ", i), Description: "does it"}
	}
	cases := map[string]struct {
		change func(*manifest.Params)
		want   string
	}{
		"no bot id":                  {func(p *manifest.Params) { p.BotID = "" }, `a GUID such as 00000000-0000-4000-8000-000000000000, not ""`},
		"a bot id that is no GUID":   {func(p *manifest.Params) { p.BotID = "handrail-bot" }, `the bot id must be the Microsoft App ID`},
		"a bot id with a line break": {func(p *manifest.Params) { p.BotID += "\n" }, "the bot id"},
		"a version of two parts":     {func(p *manifest.Params) { p.Version = "1.2" }, `the version must be three numbers such as 1.2.3, not "1.2"`},
		"a version that leads with nought": {
			func(p *manifest.Params) { p.Version = "01.2.3" }, `not "01.2.3"`,
		},
		"a domain with a scheme":      {func(p *manifest.Params) { p.Domain = "https://example.com" }, "the domain must be a host name"},
		"no developer":                {func(p *manifest.Params) { p.DeveloperName = " " }, "the developer name must have 1 to 32 characters"},
		"a long developer":            {func(p *manifest.Params) { p.DeveloperName = strings.Repeat("x", 33) }, "1 to 32 characters"},
		"a website over http":         {func(p *manifest.Params) { p.WebsiteURL = "http://example.com" }, "the website address"},
		"no privacy page":             {func(p *manifest.Params) { p.PrivacyURL = "" }, "the privacy address"},
		"terms that are no address":   {func(p *manifest.Params) { p.TermsURL = "https://" }, "the terms address"},
		"no commands":                 {func(p *manifest.Params) { p.Personal = nil }, "there are 0 commands for personal chats"},
		"too many commands":           {func(p *manifest.Params) { p.Shared = many }, "there are 13 commands for group chats and channels"},
		"a command without a title":   {func(p *manifest.Params) { p.Personal[1].Title = "" }, "the title of command 2 for personal chats"},
		"a command with a long title": {func(p *manifest.Params) { p.Shared[0].Title = strings.Repeat("x", 129) }, "1 to 128"},
		"a command without a description": {
			func(p *manifest.Params) { p.Personal[0].Description = "" }, "the description of command 1",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var packed bytes.Buffer
			err := manifest.Package(&packed, params(c.change))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
			if packed.Len() > 0 {
				t.Errorf("%d bytes were written", packed.Len())
			}
		})
	}

	t.Run("and every fault is named at once", func(t *testing.T) {
		t.Parallel()
		err := manifest.Package(io.Discard, manifest.Params{})
		for _, want := range []string{"bot id", "version", "developer name", "website", "privacy", "terms", "commands"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q in it", err, want)
			}
		}
	})
}

// disk is a writer with so many bytes left.
type disk struct{ left int }

func (d *disk) Write(p []byte) (int, error) {
	if len(p) > d.left {
		return 0, io.ErrShortWrite
	}
	d.left -= len(p)
	return len(p), nil
}

func TestADiskThatIsFullIsReportedWhereverItHappens(t *testing.T) {
	t.Parallel()
	var whole bytes.Buffer
	if err := manifest.Package(&whole, params()); err != nil {
		t.Fatal(err)
	}
	for left := whole.Len() - 1; left >= 0; left -= 101 {
		if err := manifest.Package(&disk{left}, params()); !errors.Is(err, io.ErrShortWrite) {
			t.Fatalf("with %d bytes left: got %v", left, err)
		}
	}
}

func TestTheIconsAreWhatTeamsAsksFor(t *testing.T) {
	t.Parallel()
	files := unpack(t, params())
	decode := func(name string, size int) image.Image {
		picture, err := png.Decode(bytes.NewReader(files[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := picture.Bounds().Size(); got != image.Pt(size, size) {
			t.Errorf("%s has %v pixels, want %d by %d", name, got, size, size)
		}
		return picture
	}

	full := decode("color.png", 192)
	if _, _, _, alpha := full.At(0, 0).RGBA(); alpha != 0xffff {
		t.Error("the colour icon has a transparent corner")
	}

	outline := decode("outline.png", 32)
	var drawn, empty int
	for y := range 32 {
		for x := range 32 {
			switch c := color.NRGBAModel.Convert(outline.At(x, y)).(color.NRGBA); {
			case c.A == 0:
				empty++
			case c.R != 0xff || c.G != 0xff || c.B != 0xff:
				t.Errorf("the outline has the colour %v at %d,%d; only white is allowed", c, x, y)
			default:
				drawn++
			}
		}
	}
	if drawn == 0 || empty == 0 {
		t.Errorf("the outline has %d drawn and %d transparent pixels", drawn, empty)
	}
}
