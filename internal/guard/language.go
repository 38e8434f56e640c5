package guard

import (
	"embed"
	"strings"
)

//go:embed phrases/*.txt
var phraseFiles embed.FS

// The languages that the guard knows.
const (
	englishName    = "en"
	vietnameseName = "vi"
)

// language is what the guard knows of one language.
type language struct {
	name string
	// promise are all phrases with a meaning for promises, asks those of a question.
	promise, asks *phrases
	// kept are the first words of times that fit behind "we will update you".
	kept *phrases
	// asksFirst says that a question begins with the words that ask; else they may stand anywhere.
	asksFirst bool
	// blame are phrases that blame, pardon what may stand before one that does not,
	// pardoned what may stand behind it.
	blame, pardon, pardoned *phrases
	jargon, commit          *phrases
	// spellings are words as the phrases have them, by what is typed in a hurry.
	spellings map[string]string
	sets      map[string]*phrases
}

func newLanguage(name string) *language {
	l := &lexicon{sets: map[string]*phrases{}}
	for _, file := range []string{"jargon", name} {
		// The files are part of the program.
		text, err := phraseFiles.ReadFile("phrases/" + file + ".txt")
		if err != nil {
			panic("guard: " + err.Error())
		}
		l.load(string(text))
	}
	return &language{
		name: name, promise: l.sets["promise"], asks: l.sets["asks"], kept: l.sets["kept"], asksFirst: name == englishName,
		blame: l.sets["blame"], pardon: l.sets["pardon"], pardoned: l.sets["pardoned"],
		spellings: spellings(l.sets["hurried"]),
		jargon:    l.sets["jargon"], commit: l.sets["commit"], sets: l.sets,
	}
}

// spellings gives the words that people mean by those that they type in a hurry.
func spellings(hurried *phrases) map[string]string {
	meant := map[string]string{}
	for word, pairs := range hurried.byWord {
		meant[word] = pairs[0].parts[1].words[0]
	}
	return meant
}

// common are words that one of the two languages writes often and the other does
// not; the Vietnamese ones as they are without diacritics, too.
const (
	commonEnglish = " the we you your will is are and to of for be have has with this it our that not if please thank on in " +
		"by at was been can "
	commonVietnamese = " anh chi em ben minh se da duoc khong cho cua voi nay xong truoc gio ngay mai trong la va nhe loi toi " +
		"chung lai cam giup vui long khi tu nua phut tieng chieu sang sau bi co cac nha hom qua dang "
)

// guess tells the language of a text: Vietnamese where more of its words are, else English.
func guess(tokens []token) string {
	score := 0
	for _, t := range tokens {
		if t.kind != word {
			continue
		}
		padded := " " + t.text + " "
		switch {
		case strings.ContainsAny(t.text, "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹáàãéèíìóòõúùý"):
			score++
		case strings.Contains(commonVietnamese, padded):
			score++
		case strings.Contains(commonEnglish, padded):
			score--
		}
	}
	if score > 0 {
		return vietnameseName
	}
	return englishName
}
