//! Readiness: what a domain's files should say, for Android, iOS and the web.

use leptos::prelude::*;

use crate::app::PageHead;
use crate::page::t;
use crate::parts::copy::Copy;
use crate::parts::form::{TextArea, TextField};
use crate::readiness::{Content, Form};

#[component]
pub(crate) fn Readiness() -> AnyView {
    let form = RwSignal::new(Form::default());
    let read = move |pick: fn(&Form) -> String| Signal::derive(move || form.with(pick));
    let write = move |put: fn(&mut Form, String)| {
        UnsyncCallback::new(move |text| form.update(|it| put(it, text)))
    };
    let problem = move || form.with(Form::domain_problem);
    view! {
        <main class="bench">
            <PageHead
                title="Readiness"
                lead="What a domain must serve and what is to be done so that its passkeys work in browsers and in apps. Fill in what you have: the files are made from it."
            />
            <section class="card panel" aria-labelledby="form">
                <h2 id="form">{t("What there is")}</h2>
                <div class="form-grid">
                    <TextField id="r-domain" label="Domain (the RP ID)" hint="As example.org is." value=read(|it| it.domain.clone()) write=write(|it, text| it.domain = text) />
                    <TextField id="r-package" label="Android package" hint="As com.example.app is; empty without an app." value=read(|it| it.package.clone()) write=write(|it, text| it.package = text) />
                    <TextArea id="r-prints" label="SHA-256 fingerprints of its certificates" hint="As keytool and the Play Console print them, one in each line." rows=3 value=read(|it| it.fingerprints.clone()) write=write(|it, text| it.fingerprints = text) />
                    <TextArea id="r-apple" label="Apple app ids" hint="Team and bundle, as ABCDE12345.com.example.app is; one in each line." rows=3 value=read(|it| it.apple.clone()) write=write(|it, text| it.apple = text) />
                    <TextArea id="r-related" label="Origins of other domains" hint="As https://example.co.uk is; one in each line." rows=3 value=read(|it| it.related.clone()) write=write(|it, text| it.related = text) />
                    <TextField id="r-enroll" label="Page where a passkey is made" hint="A path or an address." value=read(|it| it.enroll.clone()) write=write(|it, text| it.enroll = text) />
                    <TextField id="r-manage" label="Page where passkeys are managed" hint="A path or an address." value=read(|it| it.manage.clone()) write=write(|it, text| it.manage = text) />
                </div>
                {move || problem().map(|problem| view! { <p class="message message-error" role="alert">{problem}</p> })}
            </section>
            <section class="stack" aria-labelledby="files">
                <h2 id="files">{t("The files")}</h2>
                {move || form.with(Form::files).into_iter().map(file).collect::<Vec<_>>()}
            </section>
            <section class="card panel" aria-labelledby="tasks">
                <h2 id="tasks">{t("What is left to do")}</h2>
                <ul class="tasks" data-testid="tasks">
                    {move || {
                        let tasks = form.with(Form::tasks).into_iter();
                        tasks
                            .map(|task| {
                                view! {
                                    <li>
                                        <span class="badge">{task.platform}</span>
                                        <span>{task.text}</span>
                                    </li>
                                }
                            })
                            .collect::<Vec<_>>()
                    }}
                </ul>
            </section>
        </main>
    }
    .into_any()
}

fn file(file: crate::readiness::File) -> AnyView {
    let name = file
        .address
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let content = match file.content {
        Content::Json(text) => {
            let label = format!("Content of {name}");
            let copied = RwSignal::new(text.clone());
            view! {
                <pre class="code-block" tabindex="0" role="region" aria-label=label><code>{text}</code></pre>
                <div class="buttons"><Copy label="Copy the file" text=copied /></div>
            }
            .into_any()
        }
        Content::NotNeeded(why) => {
            view! { <p class="hint">{format!("{why} The file need not be there.")}</p> }.into_any()
        }
        Content::Wrong(problems) => {
            let problems = problems
                .into_iter()
                .map(|problem| view! { <p>{problem}</p> });
            view! { <div class="message message-error">{problems.collect::<Vec<_>>()}</div> }
                .into_any()
        }
    };
    view! {
        <article class="card panel" data-file=name>
            <h3><code>{file.address}</code></h3>
            <p class="hint">{file.about}</p>
            {content}
        </article>
    }
    .into_any()
}
