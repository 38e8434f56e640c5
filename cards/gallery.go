package cards

import (
	"bytes"
	"encoding/json"
	"fmt"
	html "html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// galleryPage draws a card roughly: what stands where, not how a client draws
// it. The JSON files beside it are for a real renderer.
var galleryPage = html.Must(html.New("gallery").Funcs(html.FuncMap{"list": listOf, "plain": plainOf}).Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Handrail: the cards</title><style>
:root{color-scheme:light dark;--line:#8884;--soft:#8882}
body{font:14px/1.45 "Segoe UI",system-ui,sans-serif;margin:2rem auto;max-width:1100px;padding:0 1rem}
nav a{margin-right:1em}h2{margin:3rem 0 .5rem;font-size:1.1rem}
article{display:grid;grid-template-columns:minmax(320px,500px) 1fr;gap:1.5rem;align-items:start}
.card{border:1px solid var(--line);border-radius:6px;padding:1rem}.card>*+*{margin-top:.5rem}
.cols{display:flex;gap:.5rem}.stretch{flex:1;min-width:0}.box{background:var(--soft);padding:.6rem;border-radius:4px}
p{margin:0;overflow-wrap:anywhere;white-space:pre-line}.Small{font-size:12px}.Medium{font-size:17px}.Bolder{font-weight:600}.subtle{opacity:.7}
.Good{color:#13a10e}.Attention{color:#d13438}.Warning{color:#bc4b09}.Accent{color:#6264d7}
.badge{border:1px solid;border-radius:4px;padding:0 .5em;font-size:12px;font-weight:600;white-space:nowrap}
label{display:block;font-size:12px}input,textarea,select{width:100%;box-sizing:border-box;font:inherit}input[type=checkbox]{width:auto}
button{font:inherit;margin:.3rem .4rem 0 0}
pre{max-height:26rem;overflow:auto;background:var(--soft);padding:.8rem;font-size:11px;white-space:pre-wrap}
</style></head><body><h1>Handrail: the cards</h1>
<p>Every card with made-up data, drawn roughly. The JSON files beside this page show them as they are sent.</p>
<nav>{{range .}}<a href="#{{.Name}}">{{.Name}}</a> {{end}}</nav>
{{range .}}<h2 id="{{.Name}}">{{.Name}} · {{.Bytes}} bytes</h2><article><div class="card">{{template "items" .Card.body}}</div>
<details><summary>JSON</summary><pre>{{.JSON}}</pre></details></article>{{end}}</body></html>
{{define "items"}}{{range list .}}{{template "element" .}}{{end}}{{end}}
{{define "element"}}{{$type := .type}}
{{if eq $type "TextBlock"}}<p class="{{.size}} {{.weight}} {{.color}}{{if .isSubtle}} subtle{{end}}">{{plain .text}}</p>
{{else if eq $type "RichTextBlock"}}<p>{{range list .inlines}}<span class="{{.color}} {{.weight}}">{{.text}}</span>{{end}}</p>
{{else if eq $type "Badge"}}<span class="badge {{.style}}">{{.text}}</span>
{{else if eq $type "Container"}}<div class="{{if .style}}box{{end}}">{{template "items" .items}}</div>
{{else if eq $type "ColumnSet"}}<div class="cols">{{range list .columns}}<div class="{{.width}}">{{template "items" .items}}</div>{{end}}</div>
{{else if eq $type "ActionSet"}}<div>{{range list .actions}}<button type="button">{{.title}}{{if eq .mode "secondary"}} ⋯{{end}}</button>{{end}}</div>
{{else if eq $type "Input.Toggle"}}<label>{{.label}}</label><input type="checkbox"{{if eq .value "true"}} checked{{end}}> {{.title}}
{{else if eq $type "Input.ChoiceSet"}}<label>{{.label}}<select>{{range list .choices}}<option>{{.title}}</option>{{end}}</select></label>
{{else if .isMultiline}}<label>{{.label}}<textarea rows="3" placeholder="{{.placeholder}}">{{.value}}</textarea></label>
{{else}}<label>{{.label}}<input placeholder="{{.placeholder}}" value="{{.value}}"></label>{{end}}{{end}}`))

func listOf(value any) []any {
	list, _ := value.([]any)
	return list
}

// plainOf takes the signs of Markdown out of a text.
func plainOf(value any) string {
	text, _ := value.(string)
	pairs := []string{"**", "", "\n\n", "\n"}
	for _, sign := range special + leading + ".)" {
		pairs = append(pairs, `\`+string(sign), string(sign))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Gallery writes one page with every sample, which needs nothing from elsewhere.
func Gallery(w io.Writer, samples []Sample) error {
	type shown struct {
		Name  string
		Bytes int
		Card  map[string]any
		JSON  string
	}
	var page []shown
	for _, sample := range samples {
		one := shown{Name: sample.Name, Bytes: len(sample.Card)}
		if err := json.Unmarshal(sample.Card, &one.Card); err != nil {
			return fmt.Errorf("cards: read the sample %s: %w", sample.Name, err)
		}
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, sample.Card, "", "  "); err != nil {
			return fmt.Errorf("cards: indent the sample %s: %w", sample.Name, err)
		}
		one.JSON = pretty.String()
		page = append(page, one)
	}
	if err := galleryPage.Execute(w, page); err != nil {
		return fmt.Errorf("cards: write the gallery: %w", err)
	}
	return nil
}

// WriteGallery writes the gallery as index.html into a directory, and each
// sample as a JSON file that a card renderer takes.
func WriteGallery(dir string) error {
	set, err := New()
	if err != nil {
		return err
	}
	samples, err := set.Samples()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("cards: make the directory of the gallery: %w", err)
	}
	var page bytes.Buffer
	if err := Gallery(&page, samples); err != nil {
		return err
	}
	files := map[string][]byte{"index.html": page.Bytes()}
	for _, sample := range samples {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, sample.Card, "", "  "); err != nil {
			return fmt.Errorf("cards: indent the sample %s: %w", sample.Name, err)
		}
		files[sample.Name+".json"] = append(pretty.Bytes(), '\n')
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return fmt.Errorf("cards: write the gallery: %w", err)
		}
	}
	return nil
}
