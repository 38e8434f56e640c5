package cards

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// mostBytes is what a card may measure, by the rules of the house.
const mostBytes = 25 << 10

var update = flag.Bool("update", false, "write the golden files anew")

func newSet(tb testing.TB) *Set {
	tb.Helper()
	set, err := New()
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

func samples(tb testing.TB) []Sample {
	tb.Helper()
	list, err := newSet(tb).Samples()
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

func pretty(tb testing.TB, card []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, card, "", "  "); err != nil {
		tb.Fatalf("%v in %s", err, card)
	}
	return append(b.Bytes(), '\n')
}

func TestGoldenFilesAreTheSampleCards(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("testdata", "golden")
	var names []string
	for _, sample := range samples(t) {
		path := filepath.Join(dir, sample.Name+".json")
		names = append(names, filepath.Base(path))
		got := pretty(t, sample.Card)
		if *update {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s differs from its golden file (make golden writes it anew):\n%s", sample.Name, diff)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !slices.Contains(names, file.Name()) {
			t.Errorf("%s is the golden file of no sample", file.Name())
		}
	}
}

func TestEverySampleIsACardThatTeamsTakes(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "teams-adaptive-card.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, sample := range samples(t) {
		card, err := jsonschema.UnmarshalJSON(bytes.NewReader(sample.Card))
		if err != nil {
			t.Fatalf("%s: %v", sample.Name, err)
		}
		if err := schema.Validate(card); err != nil {
			t.Errorf("%s: %v", sample.Name, err)
		}
	}
}

func TestEverySampleIsSmallEnough(t *testing.T) {
	t.Parallel()
	for _, sample := range samples(t) {
		if len(sample.Card) > mostBytes {
			t.Errorf("%s has %d bytes, more than %d", sample.Name, len(sample.Card), mostBytes)
		}
	}
}

func TestACardThatIsTooLargeForTeamsIsRefused(t *testing.T) {
	t.Parallel()
	card, err := newSet(t).Notice(Notice{Sentence: Text(strings.Repeat("x", maxUnits))})
	if err == nil {
		t.Errorf("a card of %d bytes was drawn", len(card))
	}
}

func TestACardIsMeasuredAsTeamsDoes(t *testing.T) {
	t.Parallel()
	for sign, n := range map[string]int{"x": 1, "ü": 1, "漢": 1, "🧨": 2} {
		if got := Units([]byte(strings.Repeat(sign, maxUnits+1))); got != n*(maxUnits+1) {
			t.Errorf("%d times %s is %d units", maxUnits+1, sign, got)
		}
	}
}

func TestTheGalleryHoldsEverySample(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := WriteGallery(dir); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(page, []byte("<at>everyone")) {
		t.Error("the page takes what people type for HTML")
	}
	for _, sample := range samples(t) {
		if !bytes.Contains(page, []byte(`id="`+sample.Name+`"`)) {
			t.Errorf("the page does not show %s", sample.Name)
		}
		content, err := os.ReadFile(filepath.Join(dir, sample.Name+".json"))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(content, pretty(t, sample.Card)) {
			t.Errorf("the file of %s is not its card", sample.Name)
		}
	}
}

func TestTheGalleryCanBeWritten(t *testing.T) {
	t.Parallel()
	if err := WriteGallery(t.TempDir()); err != nil {
		t.Fatal(err)
	}
}

func TestEveryWordIDIsAWordOfTheSamples(t *testing.T) {
	t.Parallel()
	words, named := sampleWords(), map[string]bool{}
	for name, ids := range newSet(t).WordIDs() {
		for _, id := range ids {
			named[id] = true
			if words[id] == "" {
				t.Errorf("the template %s needs the word %s", name, id)
			}
		}
	}
	for id := range words {
		if !named[id] {
			t.Errorf("no template needs the word %s", id)
		}
	}
}

func TestTheWordsOfTheSamplesAreThoseOfTheCatalog(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(filepath.Join("..", "bot", "words", "cards.en.json"))
	if err != nil {
		t.Fatal(err)
	}
	var catalog Words
	if err := json.Unmarshal(file, &catalog); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(catalog, sampleWords()); diff != "" {
		t.Error(diff)
	}
}

func TestAMissingWordIsShownByItsID(t *testing.T) {
	t.Parallel()
	card, err := newSet(t).Welcome(Welcome{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(card, []byte(`"text":"card.welcome.heading"`)) {
		t.Errorf("%s", card)
	}
}
